// A live region of cards with forms: read anew card by card, and never the one that somebody is writing in.
// <div data-keep-typing data-changed="…" data-gone="…" data-see="…" data-at="#…" hx-get="…"><div data-mark="…"><div id="…" data-cards><section id="…">…
// What is being written stays as it stands and says that the rest changed; where it can no longer be sent, it says that too and keeps the words.
(() => {
  "use strict";
  const FIELDS = "input, textarea, select";
  const REACHED = `a[href], button, summary, ${FIELDS}`;
  const isTyped = (field) => {
    if (field.type === "hidden") return false;
    if (field.type === "file") return field.files.length > 0;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
    return field.value !== field.defaultValue;
  };
  const isWritten = (card) =>
    card.matches("[data-typed]") || card.querySelector("[data-rows] > li") !== null || [...card.querySelectorAll(FIELDS)].some(isTyped);
  const isInUse = (card) =>
    isWritten(card) ||
    card.matches("details[open]") ||
    card.querySelector("form[data-sent]") !== null ||
    (card.contains(document.activeElement) && document.activeElement.matches(FIELDS));

  const tell = (card, { gone, changed, see, at }, isGone, isChanged) => {
    for (const button of card.querySelectorAll("[type=submit]")) button.hidden = isGone;
    const told = card.querySelector("[data-told]");
    if (told && (isGone || isChanged || told.dataset.told === "gone")) told.remove();
    if (!isGone && !isChanged) return;
    const note = Object.assign(document.createElement("p"), { className: "note warn sm mb-3", textContent: isGone ? gone : changed });
    note.dataset.told = isGone ? "gone" : "changed";
    note.setAttribute("role", "status");
    note.append(" ", Object.assign(document.createElement("a"), { href: at, textContent: see }));
    card.querySelector("form").before(note);
  };

  // Nodes that stay are not moved: moved ones would lose the caret and, on a phone, the keyboard.
  const merge = (old, fresh, words, isChanged) => {
    const kept = [...old.children].filter(isInUse);
    const gone = new Set(kept);
    for (const card of [...old.children]) if (!gone.has(card)) card.remove();
    let place = old.firstElementChild;
    for (const card of [...fresh.children]) {
      const same = card.id && kept.find((one) => one.id === card.id);
      if (same) {
        gone.delete(same);
        place = same.nextElementSibling;
      } else old.insertBefore(card, place);
    }
    for (const card of kept) {
      if (gone.has(card) && !isWritten(card)) card.remove();
      else tell(card, words, gone.has(card), isChanged);
    }
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const region = event.detail.target;
    if (!region.matches?.("[data-keep-typing]") || event.detail.xhr.status !== 200) return;
    event.detail.shouldSwap = false;
    const fresh = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    const now = region.querySelector("[data-mark]");
    const next = fresh.querySelector("[data-mark]");
    if (!next) return;
    const focused = document.activeElement;
    const home = focused.closest("[data-cards] > [id]");
    const nth = home ? [...home.querySelectorAll(REACHED)].indexOf(focused) : -1;
    for (const cards of region.querySelectorAll("[data-cards]"))
      merge(cards, fresh.getElementById(cards.id), region.dataset, now.dataset.mark !== next.dataset.mark);
    Object.assign(now.dataset, next.dataset);
    if (home && !home.isConnected) document.getElementById(home.id)?.querySelectorAll(REACHED)[nth]?.focus();
    document.dispatchEvent(new CustomEvent("htmx:load"));
  });
})();
