// Presence: what the person chose, or the hand on the desk. And the seconds that a claim has left for its first answer.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const BEAT_MS = 20000;
  const choice = $("#presence"), root = $(".desk");
  let touched = 0;
  const beat = async (chosen) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: $("[name=csrfmiddlewaretoken]")?.value ?? "" });
    if (touched) body.set("idle_s", Math.floor((Date.now() - touched) / 1000));
    if (chosen) {
      body.set("chosen", "1");
      body.set("state", choice.value);
    }
    try {
      const answer = await fetch(root.dataset.presenceUrl, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, keepalive: true });
      const told = await answer.json();
      if (document.activeElement !== choice) choice.value = told.choice;
      choice.dataset.state = told.state;
    } catch { /* the next beat says it again */ }
  };
  if (choice) {
    choice.addEventListener("change", () => beat(true));
    // A page that nobody looks at gets its clock once a minute, which is when a seat counts as left: a worker's goes on.
    const byItself = () => setInterval(beat, BEAT_MS, false);
    try {
      const clock = new Worker(root.dataset.clock);
      clock.onmessage = () => beat(false);
      clock.onerror = byItself;
      clock.postMessage(BEAT_MS);
    } catch { byItself(); }
    const touch = () => {
      touched = Date.now();
      // Whoever was away comes back with the first touch, not with the next beat.
      if (choice.value === "auto" && choice.dataset.state === "away") {
        choice.dataset.state = "";
        beat(false);
      }
    };
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch, { passive: true });
  }

  const log = $("#log");
  let stop = () => {};
  const watch = () => {
    stop();
    const claim = $("#claim");
    if (!claim || !log) return;
    const ends = performance.now() + claim.dataset.leftS * 1000;
    const count = () => {
      const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      $("b", claim).textContent = `${left} s`;
      if (!left) clearInterval(timer);
    };
    const timer = setInterval(count, 1000);
    count();
    // Answered: by words or by a card.
    const answers = new MutationObserver((changes) => {
      const mine = [...changes].some(({ addedNodes }) => [...addedNodes].some((node) =>
        node.dataset?.authorId === root.dataset.me || node.dataset?.author === "card"));
      if (!mine) return;
      claim.hidden = true;
      stop();
    });
    answers.observe(log, { childList: true });
    stop = () => { clearInterval(timer); answers.disconnect(); };
  };
  watch();
  document.addEventListener("desk:standing", watch);
})();
