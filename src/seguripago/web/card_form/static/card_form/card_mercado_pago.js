// Mercado Pago's secure fields: three frames of its own, made by its script (MercadoPago.js v2, «fields»). What is typed
// stays there; a token comes back, with the card's kind and bank, which the payment asks for too. Its fraud and usage
// scripts are turned off: they load from elsewhere, and the page lets in only whom the fields need.
(self.cardTokenisers ??= {}).mercado_pago = (fields, config) => new Promise((mounted, failed) => {
  "use strict";
  const say = fields.card.closest("[data-card-form]")?.dataset ?? {};
  const locale = config.locale === "es" ? "es-MX" : "en-US";
  const mp = new self.MercadoPago(config.public_key, { locale, advancedFraudPrevention: false, trackingDisabled: true });
  const look = getComputedStyle(fields.card);
  const style = { color: look.color, fontSize: "16px", height: "40px", width: "100%" };
  const wrong = new Set();
  let method = "", issuer = "", asking = Promise.resolve();
  const late = setTimeout(() => failed(new Error("no fields")), 10000);

  const cell = (id) => Object.assign(document.createElement("div"), { id, className: "card-cell" });
  const pair = Object.assign(document.createElement("div"), { className: "two" });
  pair.append(cell("mp-expiry"), cell("mp-code"));
  fields.card.replaceChildren(cell("mp-number"), pair);

  const make = (kind, id, label, placeholder) => {
    const field = mp.fields.create(kind, { placeholder, style, srLabel: label, ariaRequired: true });
    field.mount(id);
    field.on("focus", () => fields.card.classList.add("on"));
    field.on("blur", () => fields.card.classList.remove("on"));
    field.on("validityChange", ({ errorMessages }) => {
      wrong[errorMessages?.length ? "add" : "delete"](kind);
      fields.card.classList.toggle("bad", wrong.size > 0);
    });
    return field;
  };
  const number = make("cardNumber", "mp-number", say.sayNumber, say.sayNumber);
  const expiry = make("expirationDate", "mp-expiry", say.sayExpiry, say.sayExpiry);
  const code = make("securityCode", "mp-code", say.sayCode, say.sayCode);

  const know = async (bin) => {
    method = issuer = "";
    if (!bin) return;
    const [found] = (await mp.getPaymentMethods({ bin })).results ?? [];
    if (!found) return;
    const [rules] = found.settings ?? [];
    if (rules?.card_number) number.update({ settings: rules.card_number });
    if (rules?.security_code) code.update({ settings: rules.security_code });
    const asks = found.additional_info_needed?.includes("issuer_id");
    const banks = asks ? await mp.getIssuers({ paymentMethodId: found.id, bin }) : [found.issuer];
    method = found.id;
    issuer = String(banks?.[0]?.id ?? "");
  };
  // Who pays while the card's kind is being asked for waits for it; who types another card asks again.
  number.on("binChange", ({ bin }) => {
    asking = know(bin).catch((trouble) => console.warn("card kind", trouble));
  });
  number.on("ready", () => {
    clearTimeout(late);
    mounted({ tokenise, done, close });
  });

  const refuse = (field, words) => Object.assign(new Error(words ?? ""), { field });

  const tokenise = async () => {
    const name = fields.name?.value.trim() ?? "";
    if (name.length < 3) throw refuse("name", say.sayName);
    if (wrong.size) throw refuse("card", say.sayCard);
    await asking;
    let made = null;
    try {
      made = await mp.fields.createCardToken({ cardholderName: name });
    } catch {
      // Its words are for programmers.
      throw refuse("card", say.sayCard);
    }
    if (!made?.id || !method) throw refuse("card", say.sayCard);
    const token = issuer ? `${made.id}:${method}:${issuer}` : `${made.id}:${method}`;
    return { token, label: made.last_four_digits ? `•••• ${made.last_four_digits}` : "" };
  };
  const done = (data) => data?.status === "COMPLETE";
  const close = () => [number, expiry, code].forEach((field) => field.unmount());
});
