// The supervisor's wall: at most four redraws a second, clocks that go on counting, dialogs that outlive a redraw.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const GAP_MS = 250, HIDDEN_MS = 4000, BY_ITSELF_MS = 10000;
  let timer = 0, last = 0, drawn = performance.now();

  const redraw = () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      last = performance.now();
      document.dispatchEvent(new CustomEvent("wall:redraw"));
    }, Math.max(40, last + (document.hidden ? HIDDEN_MS : GAP_MS) - performance.now()));
  };
  document.addEventListener("live:desk", redraw);
  // Marks are passed by the clock, not by an event.
  setInterval(redraw, BY_ITSELF_MS);

  const span = (s) => s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`
    : s < 86400 ? `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, "0")} min` : `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
  setInterval(() => {
    const gone = Math.floor((performance.now() - drawn) / 1000);
    for (const clock of document.querySelectorAll("#wall [data-count-s]")) clock.textContent = span(Number(clock.dataset.countS) + gone);
  }, 1000);

  let focus = "", scroll = [];
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "wall") return;
    const held = document.activeElement;
    focus = held?.id ? `#${held.id}` : held?.getAttribute("aria-label") ? `#wall [aria-label="${CSS.escape(held.getAttribute("aria-label"))}"]` : "";
    scroll = [...document.querySelectorAll("#wall .talks, #wall .scr")].map((box) => [box.scrollTop, box.scrollLeft]);
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target?.id !== "wall" && detail.elt?.id !== "wall") return;
    drawn = performance.now();
    [...document.querySelectorAll("#wall .talks, #wall .scr")].forEach((box, place) => { if (scroll[place]) [box.scrollTop, box.scrollLeft] = scroll[place]; });
    if (focus && document.activeElement === document.body) $(focus)?.focus({ preventScroll: true });
  });

  document.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-asks]");
    if (asks) {
      const box = document.getElementById(asks.dataset.asks), form = $("form", box);
      form.action = form.dataset.action.replace("/0/", `/${asks.dataset.id}/`);
      for (const [name, at] of [["name", "[data-name]"], ["analyst", "[data-analyst]"]]) if ($(at, box)) $(at, box).textContent = asks.dataset[name] ?? "";
      if (form.elements.client_id) form.elements.client_id.value = crypto.randomUUID?.() ?? "";
      box.showModal();
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });
})();
