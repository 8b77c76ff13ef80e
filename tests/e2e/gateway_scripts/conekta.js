// A stand-in, written from documentation (README.md beside it): one frame of this script's own origin with all fields.
{
  const { origin } = new URL(document.currentScript.src);
  self.ConektaCheckoutComponents = {
    Card({ config, callbacks }) {
      const frame = Object.assign(document.createElement("iframe"), { src: `${origin}/whole`, title: "Tarjeta" });
      addEventListener("message", ({ origin: from, source, data }) => {
        if (from !== origin || source !== frame.contentWindow) return;
        if (data.ready) {
          callbacks.onGetInfoSuccess({ initLoadTime: 1 });
          callbacks.onUpdateSubmitTrigger(async () => frame.contentWindow.postMessage({ submit: config.publicKey }, origin));
        } else if (data.token) callbacks.onCreateTokenSucceeded({ id: data.token, object: "token", used: false });
        else if (data.incomplete) callbacks.onFormError({ message: "incomplete" });
        else callbacks.onCreateTokenError({ message: "declined", message_to_purchaser: "El número de tarjeta no es válido." });
      });
      document.querySelector(config.targetIFrame).append(frame);
    },
  };
}
