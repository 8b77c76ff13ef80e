// The hosted fields. The store's page asks for a token by message; each side names the other's exact origin.
(() => {
  "use strict";
  const { store, key, lang, away } = document.body.dataset;
  const form = document.forms[0], [number, expiry, cvc] = ["number", "expiry", "cvc"].map((name) => form.elements[name]);
  const brand = document.getElementById("brand"), plain = brand.innerHTML;
  const tell = (message) => parent.postMessage(message, store);
  if (parent === self) return;

  // The caret stays where the person types: what is behind it is counted in digits.
  const write = (input, shape) => {
    const behind = input.value.slice(0, input.selectionStart).replace(/\D/g, "").length;
    input.value = shape(input.value.replace(/\D/g, ""));
    let place = 0;
    for (let seen = 0; seen < behind && place < input.value.length; place++) if (/\d/.test(input.value[place])) seen++;
    if (place < input.value.length && input.selectionStart !== input.value.length) input.setSelectionRange(place, place);
  };
  number.addEventListener("input", () => {
    write(number, (digits) => digits.slice(0, 19).replace(/(\d{4})(?=\d)/g, "$1 "));
    const name = number.value.startsWith("4") ? "VISA" : /^(5[1-5]|2[2-7])/.test(number.value) ? "MC" : /^3[47]/.test(number.value) ? "AMEX" : "";
    if (name) brand.replaceChildren(Object.assign(document.createElement("b"), { textContent: name, className: name.toLowerCase() }));
    else brand.innerHTML = plain;
  });
  expiry.addEventListener("input", () => {
    const typed = expiry.value;
    if (/^[2-9]$/.test(typed)) expiry.value = `0${typed}`;
    write(expiry, (digits) => (digits.length > 2 ? `${digits.slice(0, 2)} / ${digits.slice(2, 4)}` : digits));
  });
  cvc.addEventListener("input", () => { cvc.value = cvc.value.replace(/\D/g, "").slice(0, 4); });
  form.addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
  form.addEventListener("focusin", () => tell({ type: "focus", on: true }));
  form.addEventListener("focusout", () => tell({ type: "focus", on: false }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell({ type: "enter" });
  });
  form.addEventListener("keydown", (event) => event.key === "Enter" && form.requestSubmit());

  const tokenise = async ({ id, name }) => {
    const typed = { key, name: String(name ?? ""), number: number.value, expiry: expiry.value, cvc: cvc.value };
    let said = {};
    try {
      const answer = await fetch(`/tokens?lang=${lang}`, { method: "POST", body: JSON.stringify(typed) });
      said = await answer.json();
    } catch {
      said = {};
    }
    if (said.token) return tell({ type: "token", id, token: said.token, label: said.label });
    const errors = said.errors ?? {};
    const wrong = [number, expiry, cvc].filter((input) => errors[input.name]);
    for (const input of wrong) input.setAttribute("aria-invalid", "true");
    wrong[0]?.focus();
    const says = wrong.length ? errors[wrong[0].name] : (errors.name ?? away);
    return tell({ type: "token", id, field: wrong.length || !errors.name ? "card" : "name", says });
  };

  addEventListener("message", ({ origin, source, data }) => {
    if (origin === store && source === parent && data?.type === "tokenise") void tokenise(data);
  });
  // What was typed or filled in before this script ran looks the same.
  for (const input of [number, expiry, cvc]) if (input.value) input.dispatchEvent(new Event("input"));
  tell({ type: "ready" });
})();
