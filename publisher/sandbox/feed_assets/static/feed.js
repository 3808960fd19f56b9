// The feed as it happens: posts arrive, change and go without a reload.
(() => {
  "use strict";
  const body = document.body;
  const posts = document.querySelector("[data-posts]");
  const started = performance.now();
  const ages = [[31536000, "yr"], [2592000, "mo"], [604800, "w"], [86400, "d"], [3600, "h"], [60, "m"]];

  // the sandbox's clock may be set, so ages follow it and not this machine's
  const tellTime = () => {
    const now = Number(body.dataset.now) + (performance.now() - started) / 1000;
    for (const time of document.querySelectorAll(".when time, .comment-when time")) {
      const seconds = now - Date.parse(time.dateTime) / 1000;
      const [size, unit] = ages.find(([least]) => seconds >= least) ?? [0, ""];
      time.textContent = size ? Math.floor(seconds / size) + unit : "now";
    }
  };
  setInterval(tellTime, 20000);

  // the reader's own doings; the stream brings the changed post
  const urnOf = (element) => element.closest("article").querySelector("[data-urn]").dataset.urn;
  const act = async (element, fields) => {
    const answer = await fetch("/feed/act", { method: "POST", body: new URLSearchParams({ urn: urnOf(element), ...fields }) });
    if (!answer.ok) document.querySelector("[data-status]").textContent = `Refused: ${answer.status}`;
    else if (!body.dataset.stream) location.reload();
  };
  document.addEventListener("click", (event) => {
    const [like, reply, vote, copy] = ["like", "reply", "vote", "copy"].map((name) => event.target.closest(`[data-${name}]`));
    if (like) act(like, { kind: "like" });
    if (vote) act(vote, { kind: "vote", option: vote.dataset.vote });
    if (reply) {
      const form = document.getElementById(reply.getAttribute("aria-controls"));
      form.hidden = !form.hidden;
      reply.setAttribute("aria-expanded", String(!form.hidden));
      if (!form.hidden) form.elements.text.focus();
    }
    if (copy) {
      navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy).textContent);
      document.querySelector("[data-status]").textContent = "Copied";
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-reply-form]")) return;
    event.preventDefault();
    act(event.target, { kind: "comment", text: event.target.elements.text.value });
    event.target.reset();
  });
  if (!posts || !body.dataset.stream) return;

  const fresh = document.querySelector("[data-fresh]");
  const status = document.querySelector("[data-status]");
  const total = document.querySelector("[data-total]");
  const empty = document.querySelector("[data-empty]");
  let unseen = 0;

  const parse = (html) => document.createRange().createContextualFragment(html).querySelector("article");
  const settle = () => {
    empty.hidden = posts.childElementCount > 0;
    fresh.hidden = unseen === 0;
    fresh.textContent = unseen === 1 ? "↑ 1 new post" : `↑ ${unseen} new posts`;
  };
  const arrive = (message) => {
    const here = document.getElementById(message.id);
    const post = parse(message.html);
    if (here) return keepOpen(here, post);
    if (message.kind !== "post") return;
    post.classList.add("arrived");
    posts.prepend(post);
    total.textContent = Number(total.textContent) + 1;
    status.textContent = `New post by ${message.author}`;
    if (scrollY > 200) unseen += 1;
  };
  // a post that is replaced stays unfolded and focused as it was
  const keepOpen = (old, post) => {
    const open = old.querySelector("[data-more][aria-expanded=true]") !== null;
    const wire = old.querySelector("[data-wire]")?.open;
    const focused = old.contains(document.activeElement);
    old.replaceWith(post);
    if (open) post.querySelector("[data-more]")?.click();
    if (wire) post.querySelector("[data-wire]").open = true;
    if (focused) post.focus({ preventScroll: true });
  };
  const complain = (message) => {
    const list = document.querySelector("[data-trouble-list]");
    list.insertAdjacentHTML("afterbegin", message.html);
    while (list.childElementCount > 5) list.lastElementChild.remove();
    document.querySelector("[data-troubles]").hidden = false;
    status.textContent = `Refused: ${list.firstElementChild.textContent}`;
  };
  const take = (message) => {
    if (message.kind === "reset") return location.reload();
    if (message.kind === "trouble") return complain(message);
    if (message.kind === "delete") document.getElementById(message.id)?.remove();
    else arrive(message);
    settle();
  };
  fresh.addEventListener("click", () => {
    unseen = 0;
    settle();
    scrollTo({ top: 0 });
    posts.firstElementChild?.focus({ preventScroll: true });
  });
  addEventListener("scroll", () => { if (unseen && scrollY < 100) { unseen = 0; settle(); } }, { passive: true });

  // whatever was missed while the line was down is fetched as a whole
  const catchUp = async () => {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    posts.replaceChildren(...page.querySelector("[data-posts]").children);
    settle();
  };
  const sign = document.querySelector("[data-live]");
  const word = document.querySelector("[data-live-word]");
  let lost = false;
  const source = new EventSource(body.dataset.stream);
  source.onopen = () => {
    if (lost) catchUp();
    lost = false;
    sign.hidden = false;
    sign.classList.remove("live-lost");
    word.textContent = "live";
    body.dataset.connected = "";
  };
  source.onerror = () => {
    lost = true;
    sign.hidden = false;
    sign.classList.add("live-lost");
    word.textContent = "connecting…";
  };
  source.onmessage = (event) => take(JSON.parse(event.data));
})();
