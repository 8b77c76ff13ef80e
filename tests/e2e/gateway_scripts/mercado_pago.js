// A stand-in, written from documentation (README.md beside it): fields in frames of this script's own origin.
{
  const { origin } = new URL(document.currentScript.src);
  self.MercadoPago = class {
    constructor(key, options) {
      Object.assign(this, { key, options, frames: new Map() });
      this.fields = { create: (kind, settings) => this.#field(kind, settings), createCardToken: (of) => this.#token(of) };
    }
    #field(kind, settings) {
      const heard = new Map(), frame = Object.assign(document.createElement("iframe"), { name: kind });
      frame.src = `${origin}/field?kind=${kind}&says=${encodeURIComponent(settings.placeholder)}`;
      frame.title = settings.srLabel;
      const tell = (event, said = {}) => (heard.get(event) ?? []).forEach((call) => call({ field: kind, ...said }));
      addEventListener("message", ({ origin: from, source, data }) => {
        if (from === origin && source === frame.contentWindow && data.event) tell(data.event, data.said);
      });
      this.frames.set(kind, frame);
      return {
        mount: (id) => document.getElementById(id).replaceChildren(frame),
        on: (event, call) => heard.set(event, [...(heard.get(event) ?? []), call]),
        update: ({ settings: known }) => frame.contentWindow?.postMessage({ known }, origin),
        unmount: () => frame.remove(),
      };
    }
    async getPaymentMethods({ bin }) {
      const known = { 41111111: ["visa", "158"], 50314332: ["master", "24"] }[bin];
      const settings = [{ card_number: { length: 16 }, security_code: { length: 3 } }];
      const asks = bin === "50314332" ? ["issuer_id"] : [];
      return { results: known ? [{ id: known[0], issuer: { id: known[1] }, settings, additional_info_needed: asks }] : [] };
    }
    async getIssuers() {
      return [{ id: "310", name: "Banco" }];
    }
    #token({ cardholderName }) {
      const frame = this.frames.get("cardNumber").contentWindow;
      return new Promise((took, refused) => {
        addEventListener("message", ({ origin: from, data }) => {
          if (from !== origin || !("token" in data)) return;
          if (data.token) took({ id: data.token, last_four_digits: data.last, cardholder: { name: cardholderName } });
          else refused([{ code: "E301", message: "invalid parameter 'cardNumber'", field: "cardNumber" }]);
        });
        frame.postMessage({ tokenise: this.key }, origin);
      });
    }
  };
}
