// The assistant's frame. Every page works without it; this sends without reloading, shows what arrives, copies and counts.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const { ask } = connectme;
  document.documentElement.classList.add("js");

  // The page that embeds us: a closed set of words, to our parent only. It never learns what is said here.
  // Its origin is in our window's name, where the loader wrote it: it lasts through our own pages and stores nothing.
  const embedder = parent !== self && self.name.startsWith("connectme:") ? self.name.slice(10) : "";
  let closed = false, unread = 0;
  const toParent = (message) => { if (embedder) parent.postMessage(message, embedder); };
  if (embedder) {
    document.documentElement.classList.add("framed");
    addEventListener("message", (event) => {
      if (event.source !== parent || event.origin !== embedder) return;
      if (event.data?.connectme === "opened") { closed = false; unread = 0; focusFirst(); toEnd(true); }
      else if (event.data?.connectme === "closed") closed = true;
    });
    addEventListener("keydown", (event) => { if (event.key === "Escape") toParent({ connectme: "close" }); });
  }
  const focusFirst = () => ($("text") ?? document.querySelector("[data-focus],#n,.sheet button,.p1"))?.focus({ preventScroll: true });

  const toEnd = (wanted) => { if (wanted && $("log")) $("log").scrollTop = $("log").scrollHeight; };

  const say = (text) => {
    const box = $("said");
    if (!box) return;
    box.textContent = "";
    setTimeout(() => { box.textContent = text; }, 30);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("close" in button.dataset) toParent({ connectme: "close" });
    if (button.dataset.copy) {
      if (!(await copy(button.dataset.copy))) return;
      button.classList.add("done");
      say($("said")?.dataset.copied);
      setTimeout(() => button.classList.remove("done"), 1800);
    }
    if (button.dataset.opens) {
      const box = $(button.dataset.opens);
      box.hidden = !box.hidden;
      button.setAttribute("aria-expanded", String(!box.hidden));
      if (!box.hidden) { box.querySelector("textarea")?.focus(); box.scrollIntoView({ block: "nearest" }); }
    }
  });

  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch {
      const area = Object.assign(document.createElement("textarea"), { value: text, className: "sr" });
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };

  const ends = new WeakMap(), lefts = new WeakMap();
  setInterval(() => {
    for (const node of document.querySelectorAll("[data-left]")) {
      if (!ends.has(node)) ends.set(node, performance.now() + node.dataset.left * 1000);
      const left = Math.max(0, Math.round((ends.get(node) - performance.now()) / 1000));
      const two = (n) => String(n).padStart(2, "0");
      const text = `${left >= 3600 ? `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}` : Math.floor(left / 60)}:${two(left % 60)}`;
      if (node.textContent !== text) node.textContent = text;
      // Ten minutes, one minute and the end are said aloud, nothing between them.
      const before = lefts.get(node) ?? left;
      for (const mark of [600, 60, 0]) if (before > mark && left <= mark) say($("said")?.dataset[`left${mark}`]);
      lefts.set(node, left);
    }
  }, 1000);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
  // A conversation, until another page takes its place.
  const talk = (signal) => {
    const log = $("log");
    const on = (name, react) => document.addEventListener(name, react, { signal });

    // The timeline: what was above the end stays where it is; who is at the end stays there.
    const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const bySeq = (seq) => log.querySelector(`[data-seq="${seq}"]`);
    const parse = (html) => {
      const holder = document.createElement("template");
      holder.innerHTML = html;
      return holder.content.firstElementChild;
    };
    const place = ({ seq, html }) => {
      const node = parse(html);
      const known = bySeq(seq);
      if (known) {
        if (!known.contains(document.activeElement) || known.outerHTML !== node.outerHTML) known.replaceWith(node);
        return;
      }
      // Our own words come back: the bubble that waits becomes the entry. What was masked or cleaned reads differently now.
      const words = node.matches(".me") && node.querySelector("[data-text]").textContent;
      const bubbles = words ? [...log.querySelectorAll("[data-client]")] : [];
      const waiting = bubbles.find((bubble) => Number(bubble.dataset.sent) === seq) ?? bubbles.find((bubble) => !bubble.dataset.sent && bubble.dataset.text === words);
      if (waiting) { waiting.remove(); }
      const next = [...log.children].find((child) => Number(child.dataset.seq) > seq || child.dataset.client);
      log.insertBefore(node, next ?? null);
    };
    toEnd(true);
    document.fonts?.ready.then(() => toEnd(true));

    on("live:entries", ({ detail }) => {
      const follow = atEnd();
      const last = Number([...log.querySelectorAll("[data-seq]")].at(-1)?.dataset.seq ?? 0);
      for (const entry of detail.entries) place(entry);
      toEnd(follow);
      // More came than fits: begin reading at its beginning.
      const first = detail.entries.map(({ seq }) => bySeq(seq)).find((node) => Number(node.dataset.seq) > last);
      if (follow && first && first.offsetTop - log.offsetTop < log.scrollTop) log.scrollTop = first.offsetTop - log.offsetTop - 12;
      if (closed) {
        unread += detail.entries.filter(({ seq }) => seq > last && !bySeq(seq)?.matches(".me")).length;
        toParent({ connectme: "unread", count: unread });
      }
      refresh();
    });

    // The stream's ticket is good for half a day; a page that stays open longer asks for another.
    on("live:refused", async ({ detail }) => {
      const [topic] = document.body.dataset.live.split("@");
      if (!detail.topics.includes(topic)) return;
      const answer = await ask("vivo/").catch(() => null);
      const fresh = answer?.ok && (await answer.json()).topic;
      if (!fresh || fresh === topic) return;
      document.body.dataset.live = `${fresh}@${[...log.querySelectorAll("[data-seq]")].at(-1)?.dataset.seq ?? 0}`;
      document.dispatchEvent(new CustomEvent("live:learn"));
    });

    // Head, steps and place in the queue are read again whenever something was said, and while waiting.
    let refreshing = 0;
    const refresh = () => {
      clearTimeout(refreshing);
      refreshing = setTimeout(async () => {
        try {
          const answer = await ask("estado/");
          if (!answer.ok) return;
          const held = $("state").contains(document.activeElement);
          $("state").innerHTML = await answer.text();
          if (held) $("text").focus();
        } catch { /* the next entry asks again */ }
      }, 120);
    };
    const waiting = setInterval(() => { if (document.querySelector("[data-waiting]")) refresh(); }, 10000);
    signal.addEventListener("abort", () => clearInterval(waiting));

    // Writing: the bubble appears at once; sending again uses the same id, so nothing is doubled.
    const form = $("say"), text = $("text");
    // One after another, in the order in which they were written; without a link they wait here.
    const queue = [];
    let busy = false;
    const pump = async () => {
      if (busy) return;
      busy = true;
      while (queue.length && (await send(queue[0]))) queue.shift();
      busy = false;
    };
    const send = async (bubble, pause = 800) => {
      const note = bubble.querySelector("[data-note]");
      note.textContent = $("mine").content.querySelector("[data-note]").textContent;
      const body = new FormData();
      body.set("text", bubble.dataset.text);
      body.set("client_id", bubble.dataset.client);
      try {
        const answer = await ask(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
        const told = await answer.json();
        if (answer.ok) {
          if (bySeq(told.seq)) bubble.remove();
          else { bubble.classList.remove("wait"); note.textContent = ""; bubble.dataset.sent = told.seq; }
          return true;
        }
        if (answer.status === 429) {
          await new Promise((done) => { setTimeout(done, 1000 * (Number(answer.headers.get("Retry-After")) || 5)); });
          return send(bubble);
        }
        if (answer.status < 500) { note.textContent = told.message; note.className = "tm no"; return true; }
        throw new Error(answer.status);
      } catch {
        if (pause > 8000 || signal.aborted) {
          note.replaceChildren($("unsent").content.cloneNode(true));
          return false;
        }
        await new Promise((done) => { setTimeout(done, pause * (0.5 + Math.random())); });
        return send(bubble, pause * 2);
      }
    };
    on("click", ({ target }) => { if (target.closest("[data-retry]")) pump(); });
    addEventListener("online", pump, { signal });
    on("live:entries", pump);
    const newId = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = text.value.trim();
      if (!words) return text.focus();
      const bubble = $("mine").content.firstElementChild.cloneNode(true);
      bubble.dataset.client = newId();
      bubble.dataset.text = words;
      bubble.querySelector("[data-text]").textContent = words;
      log.append(bubble);
      text.value = "";
      grow();
      toEnd(true);
      text.focus();
      queue.push(bubble);
      pump();
    });
    const grow = () => { text.rows = Math.min(4, text.value.split("\n").length); };
    text.addEventListener("input", grow);
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    });

    // Buttons of cards: sent in place; a refusal is said beside the button.
    on("submit", async (event) => {
      const card = event.target;
      if (!card.matches("[data-act]")) return;
      event.preventDefault();
      const button = event.submitter ?? card.querySelector("button:not([type=button])");
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      card.querySelector(".er")?.remove();
      try {
        const answer = await ask(card.action, { method: "POST", body: new FormData(card), headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error((await answer.json()).message);
        text.focus({ preventScroll: true });
      } catch (error) {
        const told = Object.assign(document.createElement("p"), { className: "er", textContent: error.message });
        told.setAttribute("role", "alert");
        card.append(told);
      }
      setTimeout(() => button.removeAttribute("aria-busy"), 400);
    });
  };

  // A page of the frame begins: with the document, and whenever travel.js has put another in its place.
  let leave = new AbortController();
  const begin = () => {
    leave.abort();
    leave = new AbortController();
    document.querySelector("[data-focus]")?.focus();
    toParent({ connectme: "ready" });
    if ($("log")) talk(leave.signal);
  };
  document.addEventListener("frame:page", begin);
  begin();
})();
