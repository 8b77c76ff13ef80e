// Stripe's card field: a frame of Stripe's own, made by its script. What is typed stays there; a payment method comes back.
(self.cardTokenisers ??= {}).stripe = async (fields, config) => {
  "use strict";
  const stripe = self.Stripe(config.public_key, { locale: config.locale === "es" ? "es-419" : config.locale });
  const look = getComputedStyle(fields.card);
  const base = { color: look.color, fontFamily: look.fontFamily, fontSize: "16px", iconColor: look.color };
  const card = stripe.elements().create("card", { style: { base }, hidePostalCode: true, disableLink: true });
  const light = (on) => fields.card.classList.toggle("on", on);
  let wrong = "";

  const line = Object.assign(document.createElement("div"), { className: "card-line" });
  fields.card.replaceChildren(line);
  card.mount(line);
  card.on("focus", () => light(true));
  card.on("blur", () => light(false));
  card.on("change", (event) => {
    wrong = event?.error?.message ?? "";
    fields.card.classList.toggle("bad", wrong !== "");
  });

  const refuse = (says) => Object.assign(new Error(says), { field: "card" });

  const tokenise = async () => {
    if (wrong) throw refuse(wrong);
    const name = fields.name?.value.trim();
    const made = await stripe.createPaymentMethod({ type: "card", card, billing_details: name ? { name } : {} });
    if (made.error) throw refuse(made.error.message ?? "");
    const { id, card: seen } = made.paymentMethod;
    return { token: id, label: seen ? `${seen.brand} •••• ${seen.last4}` : "" };
  };

  // The bank's question, in Stripe's own window. Whatever it answers there, only our server says how it ended.
  const act = ({ client_secret: clientSecret }) => stripe.handleNextAction({ clientSecret });
  const close = () => card.destroy();

  return { tokenise, act, close };
};
