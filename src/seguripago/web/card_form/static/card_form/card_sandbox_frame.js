// The demo gateway's fields: a frame of its own origin. What is typed stays there; a token comes back by message, and
// each side names the other's exact origin.
(self.cardTokenisers ??= {}).sandbox_frame = (fields, config) => new Promise((mounted, failed) => {
  "use strict";
  const { origin } = new URL(config.fields_url);
  const address = new URL(config.fields_url);
  address.searchParams.set("key", config.public_key);
  address.searchParams.set("lang", config.locale);
  if (config.dark) address.searchParams.set("theme", "dark");
  const frame = Object.assign(document.createElement("iframe"), { className: "card-frame", src: address.href });
  frame.title = fields.card.getAttribute("aria-label") ?? "";
  let asked = null;
  const late = setTimeout(() => failed(new Error("no fields")), 8000);

  const hear = ({ origin: from, source, data }) => {
    if (from !== origin || source !== frame.contentWindow || typeof data !== "object" || data === null) return;
    if (data.type === "ready") {
      clearTimeout(late);
      mounted({ tokenise, done, close });
    } else if (data.type === "focus") fields.card.classList.toggle("on", data.on === true);
    else if (data.type === "enter") fields.card.closest("form")?.requestSubmit();
    else if (data.type === "token" && asked && data.id === asked.id) {
      const { took, refused } = asked;
      asked = null;
      if (data.token) took({ token: String(data.token), label: String(data.label ?? "") });
      else refused(Object.assign(new Error(String(data.says ?? "")), { field: data.field === "name" ? "name" : "card" }));
    }
  };

  const tokenise = () => new Promise((took, refused) => {
    const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    asked = { id, took, refused };
    frame.contentWindow.postMessage({ type: "tokenise", id, name: fields.name?.value ?? "" }, origin);
    setTimeout(() => asked?.id === id && refused(Object.assign(new Error(""), { field: "card" })), 10000);
  });
  const done = (data) => data?.type === "challenge" && data.done === true;
  const close = () => removeEventListener("message", hear);

  addEventListener("message", hear);
  fields.card.replaceChildren(frame);
});
