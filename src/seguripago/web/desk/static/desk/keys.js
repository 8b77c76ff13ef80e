// Keys. The map is the help dialog itself ([data-keys], one table on the server). Letters can be switched off; nothing is taken from a field.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const letters = $("#letters");
  const map = new Map([...document.querySelectorAll("#keys [data-keys]")].map(({ dataset }) => [dataset.keys, dataset]));
  const ask = (does, value) => document.dispatchEvent(new CustomEvent("desk:do", { detail: { does, value } }));
  let first = "", firstAt = 0;

  const rows = () => [...document.querySelectorAll("#queue a[href]")];
  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(document.activeElement);
    const from = now < 0 ? all.findIndex((row) => row.hasAttribute("aria-current")) : now;
    all[Math.min(all.length - 1, Math.max(0, from + step))].focus();
  };
  const visible = (selector) => [...document.querySelectorAll(selector)].find((node) => node.getAttribute("aria-disabled") !== "true");
  const deeds = {
    down: () => walk(1),
    up: () => walk(-1),
    press: (selector) => visible(selector)?.click(),
    go: (address) => { location.href = address; },
    group: (n) => {
      let node = document.querySelectorAll("#queue .gh")[n - 1];
      while (node && !node.matches?.("a[href]")) node = node.querySelector?.("a[href]") ?? node.nextElementSibling;
      node?.focus();
    },
    escape: () => {
      const opened = $(".desk.show-panel .show-op");
      if (opened) opened.click();
      else if (document.activeElement?.matches("input, textarea, select")) document.activeElement.blur();
    },
  };
  document.addEventListener("desk:do", ({ detail }) => deeds[detail.does]?.(detail.value));

  try { if (letters) letters.checked = localStorage.getItem("desk-letters") !== "off"; } catch { /* private mode */ }
  letters?.addEventListener("change", () => { try { localStorage.setItem("desk-letters", letters.checked ? "on" : "off"); } catch { /* private mode */ } });
  $("#show-keys")?.addEventListener("click", () => ask("dialog", "keys"));

  const named = (event) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) return `ctrl+${key}`;
    if (event.altKey) return /^Digit\d$/.test(event.code) ? `alt+${event.code.slice(5)}` : "";
    return key;
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const key = named(event), inField = event.target.closest?.("input, textarea, select, [contenteditable]");
    const open = $("dialog[open]"), isLetter = key.length === 1;
    if (open && key !== "ctrl+k") return;
    if (isLetter && (inField || !letters?.checked)) return;
    if (key === "ctrl+enter" && !$("#composer")?.contains(document.activeElement)) return;
    const pair = first && Date.now() - firstAt < 1500 ? `${first} ${key}` : "";
    first = isLetter && !pair && [...map.keys()].some((keys) => keys.startsWith(`${key} `)) ? key : "";
    firstAt = Date.now();
    const found = map.get(pair) ?? map.get(key);
    if (!found || (first && !map.has(key))) return;
    if (key === "escape") return ask(found.does, found.value);
    event.preventDefault();
    ask(found.does, found.value);
  });
})();
