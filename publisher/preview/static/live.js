// The live page: what changed is fetched and put in place; everything else stays as it is, the scroll position too.
addEventListener("DOMContentLoaded", () => {
  "use strict";
  const page = document.querySelector("[data-page]");
  const status = document.querySelector("[data-status]");
  const partOf = () => new Map([...page.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));

  // what a reader did to a part outlives its replacement
  const keep = (old, fresh) => {
    for (const details of old.querySelectorAll("details[open]")) {
      const same = fresh.querySelector(`details[data-keep="${details.dataset.keep}"]`);
      if (same) same.open = true;
    }
    const input = old.querySelector("[data-search]");
    if (input) fresh.querySelector("[data-search]")?.replaceWith(input);
    for (const select of old.querySelectorAll("select")) {
      const name = [...select.attributes].find((attribute) => attribute.name.startsWith("data-by")).name;
      const same = fresh.querySelector(`[${name}]`);
      if (same) same.value = select.value;
    }
    const live = old.querySelector("[data-live]");
    if (live) fresh.querySelector("[data-live]")?.replaceWith(live);
  };
  const build = ([digest, html], id) => {
    const part = document.createElement("div");
    part.className = "part";
    part.dataset.part = id;
    part.dataset.digest = digest;
    part.innerHTML = html;
    return part;
  };
  const sectionOf = (id) => {
    const known = document.getElementById(id);
    if (known?.matches("[data-section]")) return known;
    const section = document.createElement("section");
    section.id = id;
    section.className = `section section-${id}`;
    section.dataset.section = "";
    section.setAttribute("aria-labelledby", `${id}-title`);
    return section;
  };
  // children in this order; those that stand right already are not touched
  const arrange = (parent, children) => {
    let here = parent.firstElementChild;
    for (const child of children) {
      if (child === here) here = here.nextElementSibling;
      else parent.insertBefore(child, here);
    }
    while (here) { const next = here.nextElementSibling; here.remove(); here = next; }
  };

  const anchor = () => {
    const bar = document.querySelector(".top").getBoundingClientRect().bottom;
    for (const part of page.querySelectorAll("[data-part]:not([data-part=top-part])")) {
      const box = part.getBoundingClientRect();
      if (box.height && box.bottom > Math.max(bar, 0)) return [part.dataset.part, box.top];
    }
    return null;
  };
  const hold = (held) => {
    const part = held && partOf().get(held[0]);
    if (part) scrollBy({ top: part.getBoundingClientRect().top - held[1], behavior: "instant" });
  };

  const morph = (outline, fetched) => {
    const held = scrollY > 0 ? anchor() : null;
    const focused = document.activeElement;
    const name = focused?.id;
    const selection = focused?.matches?.("[data-search]") ? [focused.selectionStart, focused.selectionEnd] : null;
    const known = partOf();
    const changed = [], unfolded = [];
    const sections = outline.map(([id, parts]) => {
      const section = sectionOf(id);
      arrange(section, parts.map(([partId, digest]) => {
        const old = known.get(partId);
        if (old?.dataset.digest === digest || !fetched[partId]) return old ?? build(["", ""], partId);
        const fresh = build(fetched[partId], partId);
        const entry = fresh.querySelector("[data-entry]");
        if (entry) { entry.classList.add("touched"); changed.push(entry.querySelector(".entry-key").textContent.trim()); }
        if (old) keep(old, fresh);
        if (old?.querySelector("[data-more][aria-expanded=true]")) unfolded.push(fresh);
        return fresh;
      }));
      return section;
    });
    arrange(page, sections);
    for (const part of unfolded) part.querySelector("[data-more]")?.click();
    window.previewFilter();
    if (selection) { focused.focus({ preventScroll: true }); focused.setSelectionRange(...selection); }
    else if (name && document.activeElement !== focused) document.getElementById(name)?.focus({ preventScroll: true });
    hold(held);
    if (changed.length) status.textContent = changed.length > 3 ? `${changed.length} posts changed` : `${changed.join(", ")} changed`;
  };

  let waiting = null, busy = false;
  const follow = async (outline) => {
    waiting = outline;
    if (busy) return;
    busy = true;
    while (waiting) {
      const wanted = waiting;
      waiting = null;
      const known = partOf();
      const missing = wanted.flatMap(([, parts]) => parts).filter(([id, digest]) => known.get(id)?.dataset.digest !== digest).map(([id]) => id);
      let fetched = {};
      if (missing.length) {
        const answer = await fetch("/parts", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(missing) });
        fetched = await answer.json();
      }
      morph(wanted, fetched);
    }
    busy = false;
  };

  const say = (word, lost) => {
    const sign = document.querySelector("[data-live]");
    if (!sign) return; // the page is being left
    sign.hidden = false;
    sign.classList.toggle("live-lost", lost);
    sign.querySelector("[data-live-word]").textContent = word;
  };
  const source = new EventSource("/events");
  source.onopen = () => { say("live", false); document.body.dataset.connected = ""; };
  source.onerror = () => say("stopped", true);
  source.onmessage = (event) => {
    const message = JSON.parse(event.data);
    follow(message.outline).then(() => { document.body.dataset.version = message.version; });
  };
});
