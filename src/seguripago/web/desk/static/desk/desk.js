// The analysts' desk: entries as they come, dialogs, clocks. presence.js, composer.js, keys.js and palette.js do the rest.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const NEAR = 140;
  const log = $("#log"), form = $("#composer"), root = $(".desk");
  const token = () => $("[name=csrfmiddlewaretoken]")?.value ?? "";

  // Entries: one that is there already is drawn again, a new one goes to its place by number.
  const isNear = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  const down = () => { log.scrollTop = log.scrollHeight; };
  const place = (entries) => {
    if (!log || !entries?.length) return;
    const follow = isNear();
    for (const { seq, html } of entries) {
      const holder = document.createElement("template");
      holder.innerHTML = html.trim();
      const node = holder.content.firstElementChild;
      if (!node) continue;
      const known = $(`[data-seq="${seq}"]`, log);
      if (known) known.replaceWith(node);
      else {
        const next = [...log.querySelectorAll("[data-seq]")].find((other) => Number(other.dataset.seq) > seq);
        if (next) next.before(node); else log.append(node);
      }
      if (seq > Number(log.dataset.seen)) log.dataset.seen = seq;
    }
    if (form) form.elements.seen_seq.value = log.dataset.seen;
    if (follow) down();
  };
  document.addEventListener("live:entries", (event) => {
    if (log && event.detail.topic === `desk-conversation:${log.dataset.conversation}`) place(event.detail.entries);
  });
  if (log) {
    down();
    document.fonts?.ready.then(down);
  }

  const openDialog = (id) => {
    const says = $("#resolve-says");
    if (id === "resolve" && says) $("#resolve-note").replaceChildren(says.content.cloneNode(true));
    document.getElementById(id)?.showModal();
  };
  document.addEventListener("desk:do", ({ detail }) => { if (detail.does === "dialog") openDialog(detail.value); });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (!target) return;
    if (target.dataset.dialog && target.getAttribute("aria-disabled") !== "true") openDialog(target.dataset.dialog);
    if ("close" in target.dataset) target.closest("dialog")?.close();
    if (target.classList.contains("show-op")) {
      const open = root.classList.toggle("show-panel");
      target.setAttribute("aria-expanded", open);
    }
  });

  // Clocks of the queue: the server counts the seconds, the page only goes on counting.
  const born = new WeakMap();
  const tick = () => {
    const now = Number($("#queue")?.dataset.now);
    for (const node of document.querySelectorAll("[data-waits-since]")) {
      if (!born.has(node)) born.set(node, performance.now() - (now - node.dataset.waitsSince) * 1000);
      const s = Math.max(0, Math.floor((performance.now() - born.get(node)) / 1000));
      const text = s < 3600 ? `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}` : s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
      if (node.textContent !== text) node.textContent = text;
      if ("calm" in node.dataset) continue;
      const box = node.parentElement;
      box.classList.toggle("bad", s >= 180);
      box.classList.toggle("warn", s >= 60 && s < 180);
      box.classList.toggle("ok", s < 60);
    }
  };
  for (const node of document.querySelectorAll("[data-span-s]")) {
    const s = Number(node.dataset.spanS);
    node.textContent = s < 3600 ? `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}` : `${Math.floor(s / 3600)} h`;
  }
  setInterval(tick, 1000);
  tick();
  // A region that scrolls by itself is drawn again where it stood.
  let scrolled = null;
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => { scrolled = ["queue", "panel"].includes(target?.id) ? { id: target.id, top: target.scrollTop } : null; });
  document.addEventListener("htmx:afterSwap", () => {
    if (scrolled) document.getElementById(scrolled.id).scrollTop = scrolled.top;
    scrolled = null;
  });
  // A disclosure that was open stays open when its region is drawn again.
  const opened = new Set();
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[id]") && event.target.isConnected) opened[event.target.open ? "add" : "delete"](event.target.id);
  }, true);
  // Taken, given back, resolved or opened again, here or by somebody else: the header is drawn anew where it stands, and
  // the composer comes or goes with what is typed in it. A page that never had one is loaded again; what this person may
  // not read any more is taken off the screen. Of two questions the later one's answer counts; one that failed is asked again.
  let standing = $("#panel")?.dataset.standing, turn = 0, held = null;
  const leave = () => {
    for (const part of [form, $("#cans"), $("#now")]) if (part) part.hidden = true;
    for (const part of $(".cvh").querySelectorAll("form, .claim, .btn:not(.back)")) part.remove();
    log.replaceChildren();
    $("#panel").replaceWith(Object.assign(document.createElement("aside"), { className: "op" }));
    root.dataset.open = "";
    for (const open of document.querySelectorAll("dialog[open]")) open.close();
    $(".closed-n")?.remove();
    $(".cv").append($("#gone").content.cloneNode(true));
  };
  const stand = async () => {
    const mine = ++turn;
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (mine !== turn) return;
    if (answer?.status === 404) return leave();
    const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== turn) return;
    if (!fresh) return void setTimeout(() => { if (mine === turn) stand(); }, 3000);
    const header = $(".cvh", fresh), note = $(".closed-n", fresh), focused = document.activeElement, follow = isNear();
    if (!header || (!note && !form)) return location.reload();
    const was = $(".cvh").contains(focused);
    $(".cvh").replaceWith(document.adoptNode(header));
    $(".show-op").setAttribute("aria-expanded", root.classList.contains("show-panel"));
    if (was) (document.getElementById(focused.id) ?? log).focus();
    $(".closed-n")?.remove();
    if (note) $(".cv").append(document.adoptNode(note));
    // Whoever was typing waits at the timeline, and types on where he was as soon as he may.
    if (note && form?.contains(focused)) held = focused;
    for (const part of [form, $("#cans")]) if (part) part.hidden = Boolean(note);
    if (note && held === focused) log.focus({ preventScroll: true });
    if (!note && held && [log, document.body].includes(document.activeElement)) held.focus();
    if (!note) held = null;
    if (follow) down();
    document.dispatchEvent(new CustomEvent("desk:standing"));
  };
  document.addEventListener("htmx:afterSwap", () => {
    const now = $("#panel")?.dataset.standing;
    if (!now || now === standing) return;
    standing = now;
    stand();
  });
  document.addEventListener("live:refused", ({ detail }) => { if (log && detail.topics.includes(`desk-conversation:${log.dataset.conversation}`)) stand(); });
  document.addEventListener("htmx:responseError", ({ detail }) => { if (log && detail.elt.id === "panel" && detail.xhr.status === 404) stand(); });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of opened) {
      const found = document.getElementById(id);
      if (found) found.open = true;
      else opened.delete(id);
    }
  });
  // A clock that keeps its place keeps its start: the queue may be drawn again without jumping.
  document.addEventListener("htmx:afterSettle", () => {
    tick();
    const waiting = Number($("#queue")?.dataset.waiting ?? 0);
    const badge = $("#rail-waiting");
    badge.hidden = !waiting;
    badge.textContent = waiting;
  });

  // The search's own form never leaves the page.
  $(".find")?.addEventListener("submit", (event) => { event.preventDefault(); $("#found a")?.focus(); });
})();
