// The list of unpaid orders is drawn again as it changes: what is being written stays, and an order that left meanwhile is named.
(() => {
  "use strict";
  let open = [], focused = "";
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target?.id !== "unpaid") return;
    open = [...target.querySelectorAll("details[open]")].map(({ id, dataset }) => ({ id, number: dataset.number }));
    focused = target.contains(document.activeElement) ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    const gone = open.filter(({ id }) => {
      const found = document.getElementById(id);
      if (found) found.open = true;
      return !found;
    });
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
    const says = document.getElementById("unpaid-gone");
    if (gone.length) {
      says.hidden = false;
      says.textContent = gone.map(({ number }) => says.dataset.says.replace("{number}", number)).join(" ");
    }
    open = [];
    focused = "";
  });
})();
