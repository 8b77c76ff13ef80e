// A saved reply while it is written: how it reads with the examples that stand beside it; a variable that nobody knows is marked.
(() => {
  "use strict";
  const text = document.getElementById("id_text"), shown = document.getElementById("as-read");
  if (!text || !shown) return;
  const examples = new Map([...document.querySelectorAll("[data-variable]")].map(({ dataset }) => [dataset.variable, dataset.example]));
  const draw = () => {
    shown.classList.toggle("none", !text.value.trim());
    if (!text.value.trim()) return void (shown.textContent = shown.dataset.empty);
    shown.replaceChildren(...text.value.split(/(\{[^{}\n]{0,40}\})/).map((part, place) => {
      if (place % 2 === 0) return part;
      const example = examples.get(`{${part.slice(1, -1).trim().toLowerCase()}}`);
      return example ?? Object.assign(document.createElement("mark"), { textContent: part });
    }));
  };
  text.addEventListener("input", draw);
  draw();
})();
