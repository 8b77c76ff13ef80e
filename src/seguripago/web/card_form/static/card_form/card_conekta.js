// Conekta's tokeniser: one frame of Conekta's own with all of the card's fields, the name too, made by its script
// (ConektaCheckoutComponents.Card). What is typed stays there; a token that serves once comes back.
(self.cardTokenisers ??= {}).conekta = (fields, config) => new Promise((mounted, failed) => {
  "use strict";
  const say = fields.card.closest("[data-card-form]")?.dataset ?? {};
  const late = setTimeout(() => failed(new Error("no fields")), 15000);
  let press = null, asked = null, kept = null;

  const whole = Object.assign(document.createElement("div"), { id: "conekta-card", className: "card-whole" });
  fields.card.replaceChildren(whole);
  // Conekta's frame asks for the name itself.
  const named = fields.name?.closest(".field");
  if (named) named.hidden = true;

  const refuse = (words) => Object.assign(new Error(words || say.sayCard || ""), { field: "card" });
  const settle = (how, value) => {
    const waiting = asked;
    asked = null;
    waiting?.[how](value);
    return waiting !== null;
  };

  const tokenise = () => new Promise((took, refused) => {
    if (kept) {
      took({ token: kept });
      kept = null;
      return;
    }
    if (!press) return refused(refuse(""));
    const mine = (asked = { took, refused });
    setTimeout(() => asked === mine && settle("refused", refuse("")), 20000);
    Promise.resolve(press()).catch(() => settle("refused", refuse("")));
  });

  self.ConektaCheckoutComponents.Card({
    config: {
      targetIFrame: "#conekta-card",
      publicKey: config.public_key,
      locale: config.locale,
      useExternalSubmit: true,
    },
    callbacks: {
      // The frame's own button, where it shows one, may be pressed before ours: that token waits for ours.
      onCreateTokenSucceeded: ({ id }) => settle("took", { token: String(id) }) || (kept = String(id)),
      onCreateTokenError: (error) => settle("refused", refuse(error?.message_to_purchaser)),
      onFormError: () => settle("refused", refuse("")),
      onUpdateSubmitTrigger: (submit) => {
        press = submit;
      },
      onGetInfoSuccess: () => {
        clearTimeout(late);
        mounted({ tokenise, close: () => fields.card.replaceChildren() });
      },
    },
    allowTokenization: true,
  });
});
