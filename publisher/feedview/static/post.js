// What posts do on a page: the fold opens, images enlarge. One listener for all posts, those to come included.
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  // dark or light by hand; where the browser keeps nothing, it holds for this page alone
  const root = document.documentElement;
  const remembered = { get: () => { try { return localStorage.getItem("theme"); } catch { return null; } },
    set: (name) => { try { localStorage.setItem("theme", name); } catch { /* a page without storage */ } } };
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const tellTheme = () => document.querySelector("[data-theme-toggle]")?.setAttribute("aria-pressed", String(isDark()));
  if (remembered.get()) root.dataset.theme = remembered.get();
  document.addEventListener("DOMContentLoaded", tellTheme);
  const turnTheme = () => { root.dataset.theme = isDark() ? "light" : "dark"; remembered.set(root.dataset.theme); tellTheme(); };

  const unfold = (button, open) => {
    button.parentElement.toggleAttribute("data-folded", !open);
    button.setAttribute("aria-expanded", String(open));
    button.firstElementChild.hidden = open;
    button.querySelector("[data-word]").textContent = open ? "see less" : "see more";
  };

  const arrow = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({
      viewBox: "0 0 24 24", width: 22, height: 22, fill: "none", stroke: "currentColor", "stroke-width": 2, "aria-hidden": true,
    })) svg.setAttribute(name, value);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };
  const control = (label, path, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", label);
    button.append(arrow(path));
    button.addEventListener("click", act);
    return button;
  };

  let dialog, image, words, before, after, cells, at;
  const show = (index) => {
    at = Math.max(0, Math.min(index, cells.length - 1));
    image.src = cells[at].querySelector("img").src;
    const label = cells[at].getAttribute("aria-label").replace(/^Enlarge i/, "I");
    image.alt = label;
    words.textContent = label;
    before.disabled = at === 0;
    after.disabled = at === cells.length - 1;
  };
  const build = () => {
    dialog = document.createElement("dialog");
    dialog.className = "enlarged";
    dialog.setAttribute("aria-label", "Image");
    image = document.createElement("img");
    words = document.createElement("p");
    words.setAttribute("aria-live", "polite");
    before = control("Previous image", "m15 5-7 7 7 7", () => show(at - 1));
    after = control("Next image", "m9 5 7 7-7 7", () => show(at + 1));
    const close = control("Close", "m5 5 14 14M19 5 5 19", () => dialog.close());
    close.dataset.close = "";
    dialog.append(close, before, image, after, words);
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") show(at - 1);
      if (event.key === "ArrowRight") show(at + 1);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => { image.removeAttribute("src"); cells[0].closest(".grid").isConnected && cells[Math.min(at, 4)].focus(); });
    document.body.append(dialog);
  };
  const enlarge = (cell) => {
    if (!dialog) build();
    cells = [...cell.closest(".grid").querySelectorAll("[data-enlarge]")];
    show(cells.indexOf(cell));
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-more]");
    if (more) unfold(more, more.getAttribute("aria-expanded") !== "true");
    const cell = event.target.closest("[data-enlarge]");
    if (cell) enlarge(cell);
    if (event.target.closest("[data-theme-toggle]")) turnTheme();
  });

  // j and k walk from post to post, as feed readers know it
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog, video")) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const posts = [...document.querySelectorAll("article.post")].filter((post) => post.offsetParent);
    const here = posts.indexOf(document.activeElement.closest("article.post"));
    const next = posts[Math.max(0, Math.min(posts.length - 1, here < 0 ? 0 : here + step))];
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "start", behavior: "auto" });
    }
  });
})();
