// The analysts' desk: entries as they come, sending without reloading, clocks, presence, keys.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const BEAT_MS = 20000, IDLE_MS = 300000, NEAR = 140;
  const log = $("#log"), form = $("#composer"), said = $("#said"), root = $(".desk");
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

  // Composer: the same client_id until the server answered, so that trying again never says it twice.
  const fail = (text) => {
    const box = $("#sent-err");
    box.hidden = !text;
    box.textContent = text;
  };
  const draft = () => `desk-draft-${log.dataset.conversation}`;
  const keep = (text) => { try { text ? sessionStorage.setItem(draft(), text) : sessionStorage.removeItem(draft()); } catch { /* private mode */ } };
  const send = async () => {
    if (!said.value.trim() || form.dataset.busy) return;
    form.dataset.busy = "1";
    form.elements.client_id.value ||= crypto.randomUUID?.() ?? uuid();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const told = await answer.json();
      place(told.entries);
      fail(told.error);
      if (answer.ok) {
        said.value = "";
        keep("");
        form.elements.client_id.value = "";
        down();
      } else if (answer.status === 422) form.elements.client_id.value = "";
    } catch {
      fail(form.dataset.offline);
    } finally {
      delete form.dataset.busy;
      said.focus();
    }
  };
  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));
  const mode = (name) => {
    form.elements.mode.value = name;
    form.classList.toggle("is-note", name === "note");
    for (const tab of form.querySelectorAll("[role=tab]")) {
      const on = tab.dataset.mode === name;
      tab.setAttribute("aria-selected", on);
      tab.tabIndex = on ? 0 : -1;
      if (on) $("#said-p").setAttribute("aria-labelledby", tab.id);
    }
    said.dataset.reply ??= said.placeholder;
    said.placeholder = name === "note" ? said.dataset.note : said.dataset.reply;
    said.focus();
  };
  const insert = (text) => {
    mode("reply");
    said.value = text;
    keep(text);
    fail("");
    said.setSelectionRange(text.length, text.length);
  };
  const saved = (command) => [...document.querySelectorAll("[data-canned]")].find((chip) => chip.dataset.command === command);
  if (form) {
    try { said.value ||= sessionStorage.getItem(draft()) ?? ""; } catch { /* private mode */ }
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    said.addEventListener("input", () => { keep(said.value); fail(""); });
    said.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
      const command = /^\/(\w+)$/.exec(said.value)?.[1];
      if (command && (event.key === "Tab" || event.key === " " || event.key === "Enter") && saved(command)) {
        event.preventDefault();
        insert(saved(command).dataset.canned);
      }
    });
    $(".ctabs").addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") mode(form.elements.mode.value === "note" ? "reply" : "note");
    });
  }

  const openDialog = (id) => {
    const says = $("#resolve-says");
    if (id === "resolve" && says) $("#resolve-note").replaceChildren(says.content.cloneNode(true));
    document.getElementById(id)?.showModal();
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (!target) return;
    if (target.dataset.mode && form) mode(target.dataset.mode);
    if (target.dataset.canned && form) insert(target.dataset.canned);
    if (target.dataset.insert && form) insert(target.dataset.insert);
    if (target.dataset.dialog && target.getAttribute("aria-disabled") !== "true") openDialog(target.dataset.dialog);
    if ("close" in target.dataset) target.closest("dialog")?.close();
    if (target.id === "show-keys") $("#keys").showModal();
    if (target.classList.contains("show-op")) {
      const open = root.classList.toggle("show-panel");
      target.setAttribute("aria-expanded", open);
    }
  });

  // Clocks of the queue: the server counts the seconds, the page only goes on counting.
  const born = new WeakMap();
  const tick = () => {
    for (const node of document.querySelectorAll("[data-waiting-s]")) {
      if (!born.has(node)) born.set(node, performance.now() - node.dataset.waitingS * 1000);
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
  // A disclosure that was open stays open when its region is drawn again.
  const opened = new Set();
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[id]") && event.target.isConnected) opened[event.target.open ? "add" : "delete"](event.target.id);
  }, true);
  // Taken by somebody else, resolved or opened again: header and composer are drawn anew, what was typed stays.
  const standing = $("#panel")?.dataset.standing;
  document.addEventListener("htmx:afterSwap", () => {
    const now = $("#panel")?.dataset.standing;
    if (standing && now && now !== standing && !$("dialog[open]")) location.reload();
  });
  document.addEventListener("htmx:afterSwap", () => { for (const id of opened) document.getElementById(id)?.setAttribute("open", ""); });
  // A clock that keeps its place keeps its start: the queue may be drawn again without jumping.
  document.addEventListener("htmx:afterSettle", () => {
    tick();
    const waiting = Number($("#queue")?.dataset.waiting ?? 0);
    const badge = $("#rail-waiting");
    badge.hidden = !waiting;
    badge.textContent = waiting;
  });

  // Presence: what the person chose, away by itself after five minutes without a hand on the desk.
  const choice = $("#presence");
  let touched = Date.now(), told = choice?.value;
  const beat = (chosen) => {
    const state = Date.now() - touched > IDLE_MS ? "away" : choice.value;
    told = state;
    const body = new URLSearchParams({ state, csrfmiddlewaretoken: token() });
    if (chosen) body.set("chosen", "1");
    fetch(root.dataset.presenceUrl, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, keepalive: true }).catch(() => {});
  };
  if (choice) {
    choice.addEventListener("change", () => beat(true));
    setInterval(() => beat(false), BEAT_MS);
    const touch = () => {
      const back = told === "away" && choice.value !== "away";
      touched = Date.now();
      if (back) beat(false);
    };
    for (const kind of ["pointerdown", "keydown", "focus"]) addEventListener(kind, touch, { passive: true });
  }

  // Keys. Letters can be switched off; nothing is taken from a field.
  const letters = $("#letters");
  try { letters.checked = localStorage.getItem("desk-letters") !== "off"; } catch { /* private mode */ }
  letters?.addEventListener("change", () => { try { localStorage.setItem("desk-letters", letters.checked ? "on" : "off"); } catch { /* private mode */ } });
  const rows = () => [...document.querySelectorAll("#queue a[href]")];
  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(document.activeElement);
    const from = now < 0 ? all.findIndex((row) => row.hasAttribute("aria-current")) : now;
    all[Math.min(all.length - 1, Math.max(0, from + step))].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("show-panel") && !$("dialog[open]")) $(".show-op").click();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      $("#find").focus();
      $("#find").select();
      return;
    }
    if (event.key === "Escape" && document.activeElement?.id === "find") {
      $("#find").value = "";
      const found = $("#found");
      if (found) found.hidden = true;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !letters?.checked || $("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = { j: () => walk(1), k: () => walk(-1), n: () => $("#take-next").click(), r: () => form && mode("reply"), o: () => form && mode("note"), "/": () => { if (form) { mode("reply"); said.value ||= "/"; } } }[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
  // The search's own form never leaves the page.
  $(".find")?.addEventListener("submit", (event) => { event.preventDefault(); $("#found a")?.focus(); });
})();
