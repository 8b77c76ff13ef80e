// Avisos: the tab's title counts, and what a person switched on is shown or heard. Nothing is on by itself, and the
// browser is asked for its permission only by a click in this dialog.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const dialog = $("#alerts"), says = dialog.dataset, KEY = "desk-alerts";
  let chosen = {};
  try { chosen = JSON.parse(localStorage.getItem(KEY) ?? "{}"); } catch { /* private mode */ }
  const keep = () => { try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* private mode */ } };
  const tell = (text) => {
    $("#alerts-says").hidden = !text;
    $("#alerts-says").textContent = text ?? "";
  };
  const allowed = async () => {
    if (!("Notification" in self)) return false;
    const answer = Notification.permission === "default" ? await Notification.requestPermission() : Notification.permission;
    tell(answer === "granted" ? "" : says.denied);
    return answer === "granted";
  };

  // Two soft notes for who waits, one for a message; nothing to download.
  const sound = (kind) => {
    const context = new AudioContext();
    const at = context.currentTime, notes = kind === "waiting" ? [660, 880] : [740];
    notes.forEach((pitch, place) => {
      const tone = context.createOscillator(), loud = context.createGain(), from = at + place * 0.16;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, from);
      loud.gain.exponentialRampToValueAtTime(0.12, from + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, from + 0.3);
      tone.connect(loud).connect(context.destination);
      tone.start(from);
      tone.stop(from + 0.32);
    });
    setTimeout(() => context.close(), 1200);
  };

  // What waits now. What was there when the page was opened is no news.
  const standing = () => {
    const found = new Map();
    for (const node of document.querySelectorAll("#queue .un[data-conversation]"))
      if (!$("[data-calm]", node)) found.set(`waiting-${node.dataset.conversation}`, { kind: "waiting", id: node.dataset.conversation });
    for (const node of document.querySelectorAll("#queue .qi:not([data-group=team])"))
      if ($(".ur", node)) found.set(`message-${node.dataset.conversation}`, { kind: "message", id: node.dataset.conversation });
    return found;
  };
  const announce = async ({ kind, id }) => {
    if (!document.hidden && document.hasFocus()) return;
    if (!chosen[`${kind}.show`] && !chosen[`${kind}.sound`]) return;
    const say = async () => {
      if (chosen[`${kind}.sound`]) sound(kind);
      if (!chosen[`${kind}.show`] || !("Notification" in self) || Notification.permission !== "granted") return;
      const tag = `desk-${kind}-${id}`, url = `/mesa/${id}/`;
      try {
        const note = new Notification(says[kind], { tag, icon: says.icon, renotify: false });
        note.onclick = () => { focus(); location.href = url; note.close(); };
      } catch {
        // Phones let only a worker speak.
        const worker = await navigator.serviceWorker?.getRegistration("/mesa/");
        await worker?.showNotification(says[kind], { tag, icon: says.icon, data: { url } });
      }
    };
    // Of many tabs one speaks.
    if (!navigator.locks) return say();
    navigator.locks.request(`desk-alert-${kind}-${id}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      await say();
      await new Promise((done) => setTimeout(done, 3000));
    });
  };

  const icon = $("link[rel=icon]"), plain = icon?.href;
  const badge = (n) => {
    if (!icon || !chosen["badge.show"] || !n) { if (icon && icon.href !== plain) icon.href = plain; return; }
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 }), paper = canvas.getContext("2d");
    const mark = new Image();
    mark.onload = () => {
      paper.drawImage(mark, 0, 0, 64, 64);
      paper.fillStyle = "#b3233f";
      paper.beginPath();
      paper.arc(44, 20, 20, 0, 7);
      paper.fill();
      paper.fillStyle = "#fff";
      paper.font = "bold 28px sans-serif";
      paper.textAlign = "center";
      paper.textBaseline = "middle";
      paper.fillText(n > 9 ? "9+" : n, 44, 21);
      icon.href = canvas.toDataURL("image/png");
    };
    mark.src = plain;
  };
  let known = standing();
  const count = () => {
    document.title = known.size ? `(${known.size}) ${says.title}` : says.title;
    badge(known.size);
  };
  document.addEventListener("htmx:afterSettle", () => {
    const now = standing();
    for (const [key, one] of now) if (!known.has(key)) announce(one);
    known = now;
    count();
  });
  // The open conversation stays unread only until it is answered: each of the buyer's words counts there.
  document.addEventListener("live:entries", ({ detail }) => {
    const open = $("#log")?.dataset.conversation;
    if (!open || detail.topic !== `desk-conversation:${open}`) return;
    if (detail.entries.some(({ html }) => html.includes('data-author="buyer"'))) announce({ kind: "message", id: open });
  });
  document.addEventListener("desk:whisper", ({ detail }) => { if (!detail.isFirst) announce({ kind: "whisper", id: /\d+/.exec(detail.url)[0] }); });
  count();

  $("#show-alerts")?.addEventListener("click", () => document.dispatchEvent(new CustomEvent("desk:do", { detail: { does: "dialog", value: "alerts" } })));
  for (const box of dialog.querySelectorAll("[data-alert]")) {
    box.checked = chosen[box.dataset.alert] === true;
    box.addEventListener("change", async () => {
      if (box.checked && box.dataset.alert.endsWith(".show") && !box.dataset.alert.startsWith("badge") && !(await allowed())) box.checked = false;
      if (box.checked && box.dataset.alert.endsWith(".sound")) sound(box.dataset.alert.split(".")[0]);
      chosen[box.dataset.alert] = box.checked;
      keep();
      count();
    });
  }

  // Web push: this browser's own subscription, told to the server; its words come encrypted and name nobody.
  const button = $("#push-on"), row = $("#push-row");
  if (!button || !("serviceWorker" in navigator) || !("PushManager" in self)) { row?.setAttribute("hidden", ""); return; }
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const registered = () => navigator.serviceWorker.register(says.worker, { scope: "/mesa/" });
  const draw = (on) => {
    button.setAttribute("aria-pressed", on);
    button.textContent = on ? button.dataset.off : button.dataset.on;
  };
  const post = (subscription, wanted) => fetch(says.pushUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": $("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify({ subscription: subscription.toJSON(), wanted }),
  });
  const press = async () => {
    const on = button.getAttribute("aria-pressed") === "true";
    try {
      if (!on && !(await allowed())) return;
      const worker = await registered();
      const now = await worker.pushManager.getSubscription();
      if (on) {
        if (now) { await post(now, false); await now.unsubscribe(); }
        draw(false);
        return tell("");
      }
      const made = now ?? await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(says.pushKey) });
      const answer = await post(made, true);
      if (!answer.ok) throw new Error(answer.status);
      draw(true);
      tell(says.pushOn);
    } catch {
      tell(says.pushFailed);
    }
  };
  button.addEventListener("click", press);
  navigator.serviceWorker.getRegistration("/mesa/").then(async (worker) => draw(Boolean(await worker?.pushManager.getSubscription()))).catch(() => {});
})();
