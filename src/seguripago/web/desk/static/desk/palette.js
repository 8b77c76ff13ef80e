// Ctrl-K: the server says what a text finds and what can be done now; the chosen line is done by whoever knows how (desk:do).
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const dialog = $("#palette"), asked = $("#palette-q"), found = $("#palette-found"), says = $("#palette-says");
  if (!dialog) return;
  let turn = 0, timer = 0;
  const options = () => [...found.querySelectorAll("[role=option]")];
  const pointed = () => $("[aria-selected=true]", found);
  const point = (option) => {
    pointed()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option ? asked.setAttribute("aria-activedescendant", option.id) : asked.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
    says.textContent = $(".why", option ?? found)?.textContent ?? "";
  };
  const read = async () => {
    const mine = ++turn, said = asked.value, open = $(".desk").dataset.open;
    const answer = await fetch(`${dialog.dataset.url}?${new URLSearchParams({ q: said, c: open })}`).catch(() => null);
    // An answer that a later question overtook is nobody's.
    if (mine !== turn || !answer?.ok) return;
    found.innerHTML = await answer.text();
    found.dataset.said = said;
    point(options().find((option) => option.ariaDisabled !== "true"));
    found.scrollTop = 0;
  };
  const open = () => {
    if (dialog.open) return asked.select();
    $("dialog[open]")?.close();
    asked.value = "";
    dialog.showModal();
    asked.focus();
    read();
  };
  const choose = (option) => {
    if (!option) return;
    if (option.ariaDisabled === "true") return point(option);
    const { does, value } = option.dataset;
    dialog.close();
    document.dispatchEvent(new CustomEvent("desk:do", { detail: { does, value } }));
  };
  asked.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(read, 120); });
  asked.addEventListener("keydown", async (event) => {
    const all = options(), at = all.indexOf(pointed());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, all.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
    if (to !== undefined && all.length) { event.preventDefault(); point(all[(to + all.length) % all.length]); }
    if (event.key === "Enter") {
      event.preventDefault();
      // Typed and entered in one go: the line is chosen among what was typed, not among what stood there before.
      clearTimeout(timer);
      const at = pointed();
      if (found.dataset.said !== asked.value) { await read(); choose(pointed()); } else choose(at);
    }
  });
  dialog.addEventListener("close", () => { turn++; delete found.dataset.said; });
  found.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  $("#show-palette")?.addEventListener("click", open);
  document.addEventListener("desk:do", ({ detail }) => {
    if (detail.does === "palette") open();
    if (detail.does === "presence") {
      const choice = $("#presence");
      choice.value = detail.value;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
})();
