// What makes the conversation comfortable: days and times, «Visto», files with progress, the rating, drafts, the keyboard of phones.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const { ask } = connectme;
  const JSON_PLEASE = { Accept: "application/json" };
  const MOST = 10 * 1024 * 1024;

  // Above the keyboard of a phone: the page is as high as what is left of the screen.
  const fit = () => document.documentElement.style.setProperty("--high", parent === self && visualViewport ? `${visualViewport.height}px` : "");
  visualViewport?.addEventListener("resize", fit);

  // Drafts of the forms and of the composer stay in this tab until they are sent; a browser that stores nothing loses only them.
  const kept = (form) => `draft:${location.pathname}:${form.dataset.draft}`;
  const draft = {
    read: (form) => { try { return JSON.parse(sessionStorage.getItem(kept(form)) ?? "null"); } catch { return null; } },
    write: (form) => { try { sessionStorage.setItem(kept(form), JSON.stringify([...new FormData(form)].filter(([name]) => name !== "key" && name !== "client_id"))); } catch { /* nothing is stored */ } },
    drop: (form) => { try { sessionStorage.removeItem(kept(form)); } catch { /* nothing was */ } },
  };
  const drafts = () => {
    for (const form of document.querySelectorAll("[data-draft]")) {
      const typed = document.querySelector("[data-focus]") ? null : draft.read(form);
      if (!typed) continue;
      const said = new Set(typed.map(([name, value]) => `${name}=${value}`));
      for (const field of form.elements) {
        if (!field.name || field.type === "hidden" || field.type === "file") continue;
        if (field.type === "checkbox" || field.type === "radio") field.checked = said.has(`${field.name}=${field.value}`);
        else field.value = typed.find(([name]) => name === field.name)?.[1] ?? field.value;
      }
    }
  };
  document.addEventListener("input", ({ target }) => { const form = target.closest("[data-draft]"); if (form) draft.write(form); });
  document.addEventListener("submit", ({ target }) => { if (target.matches("[data-draft]")) draft.drop(target); });

  // The link of a mail: its secret goes from the address bar into the form, before anybody can read it there.
  const comeBack = () => {
    const key = $("key");
    if (!key || !location.hash) return;
    key.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  };

  const talk = (signal) => {
    const log = $("log"), words = log.dataset, text = $("text");
    const on = (name, react, where = document) => where.addEventListener(name, react, { signal });
    const entries = () => [...log.querySelectorAll("[data-seq]")];
    let shown = 0, late = 0;

    // A line between days; the time stands once under what one person says within two minutes.
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long" });
    const dayOf = (at) => at.toDateString();
    const named = (at) => {
      const now = new Date();
      if (dayOf(at) === dayOf(now)) return words.today;
      now.setDate(now.getDate() - 1);
      return dayOf(at) === dayOf(now) ? words.yesterday : day.format(at);
    };
    const who = (node) => ["me", "an", "as"].find((name) => node.classList.contains(name)) ?? "";
    const arrange = () => {
      let before = null, at = null;
      for (const node of entries()) {
        const now = new Date(node.dataset.at);
        const line = node.previousElementSibling?.matches(".day") ? node.previousElementSibling : null;
        const isNew = !at || dayOf(at) !== dayOf(now);
        if (isNew && !line) node.before(Object.assign(document.createElement("p"), { className: "sy day", textContent: named(now) }));
        if (!isNew) line?.remove();
        before?.classList.toggle("gr", !isNew && who(node) !== "" && who(before) === who(node) && now - at < 120000);
        before = node;
        at = now;
      }
      before?.classList.remove("gr");
      mark();
    };

    // «Enviado», «Visto»: under the last of our own words only.
    const mark = () => {
      log.querySelectorAll("[data-mark]").forEach((node) => node.remove());
      const last = entries().findLast((node) => node.matches(".me"));
      // Whoever answered has read.
      const isRead = last && (Number(last.dataset.seq) <= Number(words.read) || entries().findLast((node) => node.matches(".an"))?.dataset.seq > Number(last.dataset.seq));
      const said = last && Object.assign(document.createElement("span"), { textContent: ` · ${isRead ? words.seen : words.sent}` });
      if (said) { said.dataset.mark = ""; last.querySelector(".tm")?.append(said); }
    };

    // What the screen really showed is told to the desk, once, and nobody is mailed what he has read.
    const look = async () => {
      clearTimeout(late);
      late = 0;
      if (document.hidden || !innerHeight) return;
      const end = log.scrollTop + log.clientHeight + log.offsetTop + 8;
      const seq = Number(entries().findLast((node) => node.offsetTop + Math.min(node.offsetHeight, 60) <= end)?.dataset.seq ?? 0);
      if (seq <= shown) return;
      const before = shown;
      shown = seq;
      const body = new FormData();
      body.set("seq", seq);
      const answer = await ask("visto/", { method: "POST", body }).catch(() => null);
      if (!answer?.ok) shown = Math.min(shown, before);
    };
    const soon = () => { late ||= setTimeout(look, 700); };
    on("scroll", soon, log);
    on("visibilitychange", soon);
    on("resize", soon, self);
    on("focus", soon, self);

    // A conversation that closes is rated and mailed here; one that opens again is not.
    const ending = async () => {
      const isOver = !!document.querySelector("[data-resolved]"), box = $("closed");
      if (!isOver) return box.replaceChildren();
      if (box.firstElementChild) return;
      const answer = await ask("cierre/").catch(() => null);
      if (answer?.ok) box.innerHTML = await answer.text();
    };
    const watch = new MutationObserver(ending);
    watch.observe($("state"), { childList: true });
    signal.addEventListener("abort", () => watch.disconnect());
    on("submit", async (event) => {
      const form = event.target;
      if (!form.matches("[data-closing]")) return;
      event.preventDefault();
      form.querySelector("[role]")?.remove();
      let said = "", role = "alert";
      try {
        const answer = await ask(form.action, { method: "POST", body: new FormData(form), headers: JSON_PLEASE });
        const told = await answer.json();
        if (answer.ok && !told.message) {
          const fresh = await ask("cierre/");
          if (fresh.ok) $("closed").innerHTML = await fresh.text();
          const done = $("closed").querySelector(".okc");
          if (done) { done.tabIndex = -1; done.focus(); }
          return;
        }
        [said, role] = [told.message, answer.ok ? "status" : "alert"];
      } catch { said = $("unreached").content.textContent; }
      const line = Object.assign(document.createElement("p"), { className: role === "alert" ? "er" : "s okc" });
      line.setAttribute("role", role);
      form.append(line);
      line.textContent = said;
    });

    // Files: chosen, photographed, pasted or dropped. Each shows how far it is, can be stopped and sent again.
    const say = (said) => { $("said").textContent = ""; setTimeout(() => { $("said").textContent = said; }, 30); };
    const upload = (file) => {
      const row = $("sending").content.firstElementChild.cloneNode(true);
      const part = (name) => row.querySelector(`[data-${name}]`);
      const bar = row.querySelector("progress");
      part("name").textContent = file.name;
      log.append(row);
      log.scrollTop = log.scrollHeight;
      const fail = (why, again) => {
        bar.hidden = true;
        part("cancel").textContent = part("cancel").dataset.remove;
        part("why").textContent = why;
        part("again").hidden = !again;
      };
      let request = null;
      const cancel = part("cancel").textContent;
      part("cancel").onclick = () => { request?.abort(); row.remove(); text.focus(); };
      if (file.size > MOST) return fail($("said").dataset.big, false);
      const send = () => {
        const body = new FormData();
        request = new XMLHttpRequest();
        body.set("file", file);
        bar.hidden = false;
        part("cancel").textContent = cancel;
        bar.value = 0;
        part("again").hidden = true;
        part("why").textContent = "";
        part("again").onclick = send;
        request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; };
        request.onload = () => {
          let told = {};
          try { told = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
          if (request.status !== 200) return fail(told.message || $("said").dataset.failed, request.status >= 500 || request.status === 429);
          row.remove();
          say($("said").dataset.kept);
        };
        request.onerror = request.ontimeout = () => fail($("said").dataset.failed, true);
        request.open("POST", "archivo/");
        for (const [name, value] of Object.entries({ ...JSON_PLEASE, ...connectme.headers() })) request.setRequestHeader(name, value);
        request.send(body);
      };
      send();
    };
    on("submit", (event) => {
      if (!event.target.matches("[data-upload]")) return;
      event.preventDefault();
      event.target.querySelector("input").click();
    });
    for (const button of document.querySelectorAll("[data-attach]")) on("click", () => $(button.dataset.attach).click(), button);
    on("change", ({ target }) => {
      if (target.type !== "file") return;
      [...target.files].forEach(upload);
      target.value = "";
    });
    on("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      [...event.clipboardData.files].forEach(upload);
    });
    on("dragover", (event) => { event.preventDefault(); document.body.classList.add("drop"); });
    on("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("drop"); });
    on("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("drop");
      [...event.dataTransfer.files].forEach(upload);
    });

    // Who types: gone by itself after a few seconds, and when the words are there.
    let typedAt = 0, quiet = 0;
    const typing = (says) => { if ($("now").textContent !== says) $("now").textContent = says; };
    on("live:now", ({ detail: { what, name, state, lasts } }) => {
      if (what !== "typing") return;
      clearTimeout(quiet);
      typing(state === "1" ? $("now").dataset.types.replace("{name}", name) : "");
      quiet = setTimeout(() => $("now") && typing(""), lasts * 1000);
    });
    on("input", ({ target }) => {
      if (target.id !== "text" || !target.value.trim() || Date.now() - typedAt < 3000) return;
      typedAt = Date.now();
      ask("escribiendo/", { method: "POST" }).catch(() => {});
    });

    on("live:entries", () => { arrange(); soon(); typing(""); });
    on("live:now", ({ detail }) => {
      if (detail.what !== "seen" || !(Number(detail.state) > Number(words.read))) return;
      words.read = detail.state;
      mark();
    });
    arrange();
    soon();
  };

  let leave = new AbortController();
  const begin = () => {
    leave.abort();
    leave = new AbortController();
    fit();
    drafts();
    comeBack();
    if ($("log")) talk(leave.signal);
  };
  document.addEventListener("frame:page", begin);
  addEventListener("hashchange", comeBack);
  begin();
})();
