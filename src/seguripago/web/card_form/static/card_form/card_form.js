// The card form of every page: token, one press, progress, the bank's own step, and the words when it did not pass.
// What the server and each gateway's script agree on stands in web/card_form/__init__.py.
(() => {
  "use strict";
  const ASK_MS = 2000, SLOW_MS = 20000, PATIENCE_MS = 15 * 60 * 1000;
  const forms = new Map(); // the element of a form → what stops it

  function setUp(root) {
    const form = root.closest("form");
    const find = (name, within = form) => within.querySelector(`[data-card-${name}]`);
    const say = root.dataset, pays = root.dataset.mode === "pay";
    const button = find("button") ?? form.querySelector("button[type=submit]");
    const label = find("label"), words = label?.dataset.sayPay;
    const dialog = find("dialog"), waits = find("waits"), said = find("said");
    let handle = null, mounting = null, busy = false, carried = false, left = false, opening = null, again = null, status = "", asking = "", wake = null;

    const shut = () => {
      for (const part of root.querySelectorAll("[data-card-typed]")) part.hidden = true;
      const note = find("shut", root);
      if (!note) return;
      note.querySelector("span").textContent = `${say.sayShut} ${root.dataset.hasPage ? say.sayPage : say.sayReload}`;
      note.hidden = false;
      if (!root.dataset.hasPage && pays) button.disabled = true;
    };

    // A card that nobody has chosen to pay with needs no fields yet, nor one that was typed already.
    const mountWhenSeen = () => {
      if (!root.checkVisibility() || find("token", root).value) return;
      form.removeEventListener("change", mountWhenSeen);
      mounting = mount();
    };

    const change = () => {
      for (const name of ["token", "device", "known"]) find(name, root).value = "";
      find("kept", root).hidden = true;
      for (const part of root.querySelectorAll("[data-card-typed]")) part.hidden = false;
      mountWhenSeen();
      void mounting?.then(() => root.querySelector("[data-card-box] :is(iframe, input)")?.focus());
    };

    const mount = async () => {
      const config = { ...JSON.parse(root.dataset.config), dark: document.documentElement.dataset.theme === "dark" };
      try {
        handle = await self.cardTokenisers[root.dataset.tokeniser]({ card: find("box", root), name: find("name", root) }, config);
        root.dataset.ready = "";
      } catch (trouble) {
        console.warn("card fields", trouble);
        mounting = null;
        shut();
      }
    };

    // One press: the second one finds the form busy, whatever the first is waiting for.
    const hold = (on, text = "") => {
      busy = on;
      if (on) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
      if (!pays) return;
      label.textContent = on ? text : words;
      told(on ? text : "", "sr");
    };

    // What the button says already is only read aloud.
    const told = (text, look = "sm") => {
      said.className = `card-said ${look}`;
      said.textContent = text;
    };

    const fault = (trouble) => {
      const field = trouble.field === "name" ? "name" : "card";
      const line = root.querySelector(`[data-card-err="${field}"]`);
      if (line) {
        line.textContent = trouble.message || say.sayShut;
        line.hidden = false;
      }
      find("box", root)?.classList.toggle("bad", field === "card");
      const name = find("name", root);
      if (field === "name" && name) {
        name.setAttribute("aria-invalid", "true");
        name.focus();
      }
    };

    const clear = () => {
      for (const line of root.querySelectorAll("[data-card-err]")) line.hidden = true;
      find("box", root)?.classList.remove("bad");
      find("name", root)?.removeAttribute("aria-invalid");
      if (find("declined")) find("declined").hidden = true;
    };

    const tell = (text) => {
      const box = find("declined");
      if (!box) return;
      find("why").textContent = text;
      box.hidden = false;
      box.scrollIntoView({ block: "nearest" });
    };

    const ask = async (url, body) => {
      const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": token },
        signal: AbortSignal.timeout(30000),
      });
      if (!(answer.headers.get("content-type") ?? "").includes("json")) throw new Error(`status ${answer.status}`);
      return answer.json();
    };

    // Gives false where there are no fields: then the gateway's own page asks. Whoever is fast waits for them.
    const tokenise = async () => {
      await mounting;
      if (!handle) return false;
      const got = await handle.tokenise();
      find("token", root).value = got.token;
      find("device", root).value = got.device_session_id ?? "";
      find("known", root).value = got.label ?? "";
      return true;
    };

    const leaveToThePage = (submitter) => {
      hold(false);
      if (pays && !root.dataset.hasPage) return;
      carried = true;
      form.requestSubmit(submitter);
    };

    const pay = async () => {
      clear();
      hold(true, say.sayConfirming);
      try {
        if (!(await tokenise())) return leaveToThePage(button);
      } catch (trouble) {
        hold(false);
        return fault(trouble);
      }
      const body = new FormData(form);
      find("token", root).value = "";
      let answer = null;
      try {
        answer = await ask(form.action, body);
      } catch {
        // The answer was lost on the way: the same key asks what became of that very charge, and a token serves once.
        try {
          answer = await ask(form.action, body);
        } catch {
          hold(false);
          return tell(say.sayAway);
        }
      }
      await follow(answer);
    };

    const follow = async (answer, isNew = true) => {
      if (left) return;
      if (answer.state === "paid") {
        close();
        return answer.go ? location.assign(answer.go) : undefined;
      }
      if (answer.state === "declined" || answer.state === "refused") {
        if (root.dataset.waiting) return drawAnew();
        close();
        waits.hidden = true;
        hold(false);
        if (answer.key) find("key", root).value = answer.key;
        if (pays) button.disabled = !answer.key;
        if (answer.go && !answer.key) location.assign(answer.go);
        tell(answer.says);
        return;
      }
      hold(true, say.sayConfirming);
      ({ status } = answer);
      const { action } = answer;
      again = action && (() => act(action));
      // Who comes back from his bank's page is not sent there again without asking.
      if (action && (isNew || action.kind !== "redirect")) await act(action);
      else if (action) offer();
      await until(status);
    };

    // A page that was drawn while its charge waited has neither months nor words for the next try.
    const drawAnew = () => {
      const address = new URL(location.href);
      address.searchParams.delete("aviso");
      location.replace(address);
    };

    const offer = () => {
      waits.hidden = find("reopen").hidden = false;
      told(say.sayHidden);
    };

    const act = async (action) => {
      if (action.kind === "redirect") return send(action, "_self");
      if (action.kind === "sdk") {
        try {
          await handle?.act?.(action);
        } catch (trouble) {
          console.warn("card step", trouble);
        }
        return undefined;
      }
      challenge(action);
      return undefined;
    };

    const send = (action, target) => {
      if (action.method !== "POST" && target === "_self") return location.assign(action.url);
      const away = Object.assign(document.createElement("form"), { method: action.method, action: action.url, target });
      for (const [name, value] of Object.entries(action.form ?? {}))
        away.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      document.body.append(away);
      away.submit();
      return away.remove();
    };

    const challenge = (action) => {
      if (find("frame").firstChild) return show();
      const frame = Object.assign(document.createElement("iframe"), { name: `card-3ds-${Date.now()}`, className: "card-3ds-frame" });
      frame.title = dialog.querySelector("h2").textContent;
      if (action.method !== "POST") frame.src = action.url;
      find("frame").replaceChildren(frame);
      if (action.method === "POST") send(action, frame.name);
      const { origin } = new URL(action.url, location.href);
      opening = (event) => {
        if (event.origin !== origin || event.source !== frame.contentWindow) return;
        const ends = handle?.done ?? ((data) => data?.type === "challenge" && data.done === true);
        if (!ends(event.data)) return;
        close();
        wake?.();
      };
      addEventListener("message", opening);
      return show();
    };

    const show = () => {
      if (dialog.open) return;
      dialog.showModal();
      dialog.querySelector("h2").focus();
      waits.hidden = true;
    };

    const close = () => {
      if (opening) removeEventListener("message", opening);
      opening = null;
      if (!dialog) return;
      find("frame").replaceChildren();
      if (dialog.open) dialog.close();
    };

    const until = async (url) => {
      if (asking === url) return undefined;
      asking = url;
      const began = Date.now();
      while (!left && busy && url === status && Date.now() - began < PATIENCE_MS) {
        await new Promise((done) => {
          wake = done;
          setTimeout(done, ASK_MS);
        });
        if (document.hidden && Date.now() - began > SLOW_MS) continue;
        let answer = null;
        try {
          answer = await ask(url, new FormData());
        } catch {
          continue;
        }
        if (left || !busy || url !== status) break;
        if (!["requires_action", "processing"].includes(answer.state)) {
          asking = "";
          return follow(answer);
        }
        if (answer.state === "processing" && Date.now() - began > SLOW_MS) told(say.saySlow);
      }
      asking = "";
      return busy && url === status ? told(say.saySlow) : undefined;
    };

    // Another card: what waits is given up first, and what was paid meanwhile is paid.
    const giveUp = async (event) => {
      event.preventDefault();
      const body = new FormData();
      body.append("cancel", "1");
      try {
        await follow(await ask(status, body), false);
      } catch {
        told(say.sayAway);
      }
    };

    // The checkout: the order's own form carries the token along. What else is wrong there is said by the server.
    const carry = async (submitter) => {
      clear();
      hold(true);
      try {
        await tokenise();
      } catch (trouble) {
        hold(false);
        return fault(trouble);
      }
      return leaveToThePage(submitter);
    };

    const onSubmit = (event) => {
      if (busy) return event.preventDefault();
      if (carried || !(handle || mounting) || (!pays && (!root.checkVisibility() || find("token", root).value))) return undefined;
      event.preventDefault();
      return pays ? pay() : carry(event.submitter);
    };

    form.addEventListener("submit", onSubmit);
    find("name", root)?.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !pays) event.preventDefault();
    });
    dialog?.addEventListener("close", () => {
      if (!find("frame").firstChild) return;
      offer();
      find("reopen").focus();
    });
    find("hide")?.addEventListener("click", () => dialog.close());
    find("reopen")?.addEventListener("click", () => again?.());
    find("give-up")?.addEventListener("click", giveUp);
    addEventListener("pageshow", (event) => {
      carried = false;
      if (event.persisted) hold(false);
    });
    forms.set(root, () => {
      left = true;
      close();
      handle?.close?.();
    });
    find("change", root)?.addEventListener("click", change);
    if (!pays) {
      form.addEventListener("change", mountWhenSeen);
      return mountWhenSeen();
    }
    mounting = mount();
    return void mounting.then(() => root.dataset.waiting && follow(JSON.parse(root.dataset.waiting), false));
  }

  const look = () => {
    for (const [root, stop] of forms)
      if (!root.isConnected) {
        stop();
        forms.delete(root);
      }
    for (const root of document.querySelectorAll("[data-card-form]")) if (!forms.has(root)) setUp(root);
  };

  // A page that redraws itself must not take away a form in which somebody types, nor the bank's open step.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse } = event.detail;
    const mine = [...forms.keys()].find((root) => target?.contains(root));
    if (!mine) return;
    const coming = new DOMParser().parseFromString(serverResponse ?? "", "text/html").querySelector("[data-card-form]");
    if (coming && coming.dataset.config === mine.dataset.config) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", look);
  look();
})();
