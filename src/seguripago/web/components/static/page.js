// Small comforts of every page. Nothing here is needed to buy: copy, countdown, one press, disclosures.
(() => {
  "use strict";
  const said = () => {
    let box = document.getElementById("sp-said");
    if (!box) {
      box = Object.assign(document.createElement("div"), { id: "sp-said", className: "sr" });
      box.setAttribute("role", "status");
      document.body.append(box);
    }
    return box;
  };

  const write = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Without a secure context (http on a phone in the same network) the old way still works.
      const area = Object.assign(document.createElement("textarea"), { value: text, className: "sr" });
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || button.classList.contains("done")) return;
    if (!(await write(button.dataset.copy))) return;
    const label = button.querySelector("[data-copied]");
    const before = label?.textContent;
    button.classList.add("done");
    if (label) label.textContent = label.dataset.copied;
    said().textContent = label?.dataset.copied ?? "";
    setTimeout(() => {
      button.classList.remove("done");
      if (label) label.textContent = before;
      said().textContent = "";
    }, 1800);
  });

  // <b data-left="6138">1:42:18</b>: seconds that the server counted, never the visitor's clock. Said aloud only at 10 min, 1 min and the end.
  const ends = new WeakMap();
  const tick = () => {
    for (const node of document.querySelectorAll("[data-left]")) {
      if (!ends.has(node)) ends.set(node, performance.now() + node.dataset.left * 1000);
      const left = Math.max(0, Math.round((ends.get(node) - performance.now()) / 1000));
      const hours = Math.floor(left / 3600);
      const two = (n) => String(n).padStart(2, "0");
      const text = (hours ? `${hours}:${two(Math.floor(left / 60) % 60)}` : Math.floor(left / 60)) + `:${two(left % 60)}`;
      if (node.textContent !== text) node.textContent = text;
      if (node.dataset.say && (left === 600 || left === 60)) said().textContent = `${node.dataset.say} ${text}`;
    }
  };
  setInterval(tick, 1000);

  // One press: the second one of the same form waits for the first. The server would answer with the same order anyway.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter ?? form.querySelector("[type=submit]");
    button?.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });

  // What was wrong and is being typed again is no longer shown as wrong; the server looks again when it is sent.
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("[aria-invalid=true]")) return;
    field.removeAttribute("aria-invalid");
    field.closest(".field")?.querySelector(".err")?.remove();
  });

  // The billing address waits inside <noscript>: without scripts it is simply there, with them it appears when it is wanted.
  const box = document.getElementById("id_same_address");
  box?.addEventListener("change", () => {
    const held = document.getElementById("billing-address");
    if (held && !box.checked) held.outerHTML = held.textContent;
  });

  // Opens the assistant from any link or button of the page; without its script the link still leads to its own page.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-assistant]");
    if (!opener) return;
    const launcher = document.querySelector("[data-assistant-launcher]");
    if (!launcher) return;
    event.preventDefault();
    launcher.click();
  });

  // What was just done is said once: a reload, a bookmark or the way back does not thank again.
  const here = new URL(location.href);
  if (here.searchParams.has("aviso")) {
    here.searchParams.delete("aviso");
    history.replaceState(history.state, "", here);
  }

  // The list of errors takes the focus, so that a reader hears at once what is missing.
  document.querySelector("[data-focus]")?.focus();
})();
