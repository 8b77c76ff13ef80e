// What localstripe's Stripe.js lacks and Stripe's own has, said with what it has: `createPaymentMethod` (there it does
// nothing) and `handleNextAction` (there it is none). The browser makes a payment method with its public key alone.
{
  let made;
  const complete = (known, key) => ({
    ...known,
    createPaymentMethod: async ({ card }) => {
      const typed = card.value?.card ?? {};
      const body = new URLSearchParams({ type: "card", key });
      for (const [name, value] of Object.entries(typed)) body.set(`card[${name}]`, value);
      const answer = await fetch(new URL("/v1/payment_methods", self.stripeDoor), { method: "POST", body });
      const said = await answer.json();
      return said.error ? { error: said.error } : { paymentMethod: said };
    },
    handleNextAction: ({ clientSecret }) => known.confirmCardPayment(clientSecret),
  });
  Object.defineProperty(self, "Stripe", {
    get: () => made && ((key, options) => complete(made(key, options), key)),
    set: (stripe) => {
      made = stripe;
      self.stripeDoor = new URL(document.currentScript.src).origin;
    },
  });
}
