// What the preview's page does: search and filter, whole texts, phone width.
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);
  const press = (button, on) => button?.setAttribute("aria-pressed", String(on));
  const tell = () => {
    press(one("[data-unfold]"), "whole" in root.dataset);
    press(one("[data-narrow]"), "narrowLook" in root.dataset);
  };

  const filter = () => {
    const words = (one("[data-search]")?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const author = one("[data-by-author]")?.value ?? "";
    const tag = one("[data-by-tag]")?.value ?? "";
    let shown = 0;
    const entries = document.querySelectorAll("[data-entry]");
    for (const entry of entries) {
      const text = words.length ? entry.textContent.toLowerCase() : "";
      const fits = (!author || entry.dataset.author === author) && (!tag || entry.dataset.tags.split(" ").includes(tag))
        && words.every((word) => text.includes(word));
      const part = entry.closest(".part");
      if (part) part.hidden = !fits; // an entry that was just replaced has none
      shown += fits;
    }
    const chosen = Boolean(words.length || author || tag);
    for (const section of document.querySelectorAll("[data-section]:not(#top)"))
      section.hidden = !section.querySelector(".part:not([hidden]) > [data-entry]");
    for (const timeline of document.querySelectorAll(".timeline")) timeline.hidden = chosen;
    const nothing = one("[data-nothing]");
    if (nothing) nothing.hidden = shown > 0 || !entries.length;
    one("[data-status]").textContent = chosen ? `${shown} of ${entries.length} posts shown` : "";
  };
  const clear = () => {
    for (const field of document.querySelectorAll("[data-search], [data-by-author], [data-by-tag]")) field.value = "";
    filter();
    one("[data-search]").focus();
  };
  window.previewFilter = () => { tell(); filter(); };

  document.addEventListener("input", (event) => event.target.closest(".filters") && filter());
  document.addEventListener("change", (event) => event.target.closest(".filters") && filter());
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-unfold]")) root.toggleAttribute("data-whole");
    if (event.target.closest("[data-narrow]")) root.toggleAttribute("data-narrow-look");
    if (event.target.closest("[data-clear]")) clear();
    tell();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    one("[data-search]").focus();
  });
})();
