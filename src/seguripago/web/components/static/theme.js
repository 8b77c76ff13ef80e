// Light or dark before the first paint: what the person chose in this browser, else what the system says.
(() => {
  "use strict";
  let chosen = null;
  try { chosen = localStorage.getItem("sp-theme"); } catch { /* private mode */ }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => { document.documentElement.dataset.theme = chosen ?? (dark.matches ? "dark" : "light"); };
  show();
  dark.addEventListener("change", () => { if (!chosen) { show(); document.dispatchEvent(new CustomEvent("sp:theme")); } });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("sp-theme", chosen); } catch { /* private mode */ }
    show();
    document.dispatchEvent(new CustomEvent("sp:theme"));
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) button.hidden = false;
  });
})();
