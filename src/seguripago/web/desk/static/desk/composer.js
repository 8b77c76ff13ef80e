// The composer: reply or note, drafts, saved replies behind «/», files by button, paste and drop, what a teammate said first.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const form = $("#composer"), said = $("#said"), log = $("#log");
  if (!form || !log) return;
  const field = form.elements, words = form.dataset;
  const LARGEST = 10 * 1024 * 1024, NEAR = 400;
  const BANK = /(?<![0-9A-Za-z])\d(?:[\s.\-·/]{0,2}\d){11,22}(?![0-9A-Za-z])/g;
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // What is typed stays in this tab, one draft a conversation, until the server has it.
  const draft = `desk-draft-${words.me}-${log.dataset.conversation}`;
  const keep = () => { try { said.value ? sessionStorage.setItem(draft, said.value) : sessionStorage.removeItem(draft); } catch { /* private mode */ } };
  const fail = (text) => {
    const box = $("#sent-err");
    box.hidden = !text;
    box.textContent = text ?? "";
  };
  const isNote = () => field.mode.value === "note";
  const looksLikeBank = () => !isNote() && [...said.value.matchAll(BANK)].some(([run]) => [15, 16, 18].includes(run.replace(/\D/g, "").length));
  const count = () => {
    const left = words.limit - said.value.length, box = $("#count");
    box.hidden = left > NEAR;
    box.textContent = box.hidden ? "" : `${said.value.length.toLocaleString("en-US")} / ${Number(words.limit).toLocaleString("en-US")}`;
    box.classList.toggle("bad", left <= 0);
  };
  const typed = () => {
    keep();
    count();
    fail(looksLikeBank() ? words.useCard : "");
  };

  const mode = (name) => {
    field.mode.value = name;
    form.classList.toggle("is-note", name === "note");
    for (const tab of form.querySelectorAll("[role=tab]")) {
      const on = tab.dataset.mode === name;
      tab.setAttribute("aria-selected", on);
      tab.tabIndex = on ? 0 : -1;
      if (on) $("#said-p").setAttribute("aria-labelledby", tab.id);
    }
    said.dataset.reply ??= said.placeholder;
    said.placeholder = name === "note" ? said.dataset.note : said.dataset.reply;
    fail(looksLikeBank() ? words.useCard : "");
    said.focus();
  };
  const insert = (text) => {
    mode("reply");
    const empty = !said.value.trim();
    if (empty) said.value = text;
    else said.setRangeText(text, said.selectionStart, said.selectionEnd, "end");
    typed();
    said.focus();
  };

  // Whoever spoke after what this page had drawn is read first; the text that was typed waits.
  const readFirst = (told, seen) => {
    const fresh = told.entries.filter(({ seq }) => seq > seen).map(({ seq }) => $(`[data-seq="${seq}"]`, log));
    const theirs = fresh.filter((node) => node?.dataset.author === "analyst" && node.dataset.authorId !== words.me);
    $("#first-says").replaceChildren(...theirs.map((node) => {
      node.classList.add("fresh");
      const quote = document.createElement("blockquote");
      quote.textContent = `${node.querySelector(".tm")?.textContent.split("·")[0].trim()}: ${node.querySelector(".said")?.textContent.trim()}`;
      return quote;
    }));
    $("#first").hidden = !theirs.length;
    theirs[0]?.scrollIntoView({ block: "center" });
  };
  let tried = "";
  const shown = (entries) => document.dispatchEvent(new CustomEvent("live:entries", { detail: { topic: `desk-conversation:${log.dataset.conversation}`, entries } }));
  const send = async () => {
    if (!said.value.trim() || words.busy) return;
    if (looksLikeBank()) return fail(words.useCard);
    words.busy = "1";
    // The same id for the same words until the server answered: trying again never says them twice, and words that were
    // changed meanwhile are others.
    const text = said.value, seen = Number(field.seen_seq.value);
    if (tried !== `${field.mode.value} ${text}`) field.client_id.value = uuid();
    tried = `${field.mode.value} ${text}`;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const told = await answer.json();
      shown(told.entries);
      fail(told.error);
      if (answer.status === 409) readFirst(told, seen);
      if (answer.ok) {
        // What was typed on while it went out stays.
        said.value = said.value.startsWith(text) ? said.value.slice(text.length).trimStart() : said.value;
        keep();
        count();
        $("#first").hidden = true;
        tried = "";
        log.scrollTop = log.scrollHeight;
      } else if (answer.status === 422) tried = "";
    } catch {
      fail(words.offline);
    } finally {
      delete words.busy;
      if (form.contains(document.activeElement) || document.activeElement === document.body) said.focus();
    }
  };

  // Files. Each has an id of its own; a note's file stays with the desk.
  const give = async (files) => {
    if (form.hidden) return;
    const status = $("#sending");
    for (const file of files) {
      fail("");
      if (file.size > LARGEST) { fail(words.tooBig); continue; }
      status.hidden = false;
      status.textContent = `${words.sending} ${file.name}…`;
      const body = new FormData();
      for (const [name, value] of [["file", file], ["client_id", uuid()], ["mode", field.mode.value], ["seen_seq", field.seen_seq.value], ["csrfmiddlewaretoken", field.csrfmiddlewaretoken.value]]) body.append(name, value);
      try {
        const answer = await fetch(words.fileUrl, { method: "POST", body, headers: { Accept: "application/json" } });
        const told = await answer.json();
        shown(told.entries);
        fail(told.error);
        if (told.error) break;
      } catch {
        fail(words.offline);
        break;
      } finally {
        status.hidden = true;
      }
    }
    $("#file").value = "";
  };
  $("#attach").addEventListener("click", () => $("#file").click());
  $("#file").addEventListener("change", (event) => give([...event.target.files]));
  said.addEventListener("paste", (event) => {
    // A spreadsheet or a text processor puts a picture beside the words: the words are meant.
    if (!event.clipboardData.files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    give([...event.clipboardData.files]);
  });
  const pane = log.closest(".cv");
  for (const kind of ["dragover", "dragleave", "drop"]) pane.addEventListener(kind, (event) => {
    if (kind !== "dragleave" && ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    pane.classList.toggle("dropping", kind === "dragover");
    if (kind === "drop") give([...event.dataTransfer.files]);
  });

  // Saved replies: a combobox over the chips, whose texts the server filled.
  const pop = $("#canned"), asked = $("#canned-q"), list = $("#canned-list"), opener = $("#open-canned");
  const options = () => [...list.children];
  const point = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", other === option);
    option ? asked.setAttribute("aria-activedescendant", option.id) : asked.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const pointed = () => options().find((option) => option.getAttribute("aria-selected") === "true");
  const draw = () => {
    const wanted = plain(asked.value.replace(/^\//, ""));
    const chips = [...document.querySelectorAll("#cans [data-canned]")].filter(({ dataset }) => plain(`${dataset.command} ${dataset.label} ${dataset.canned}`).includes(wanted));
    chips.sort((one, other) => other.dataset.command.startsWith(wanted) - one.dataset.command.startsWith(wanted));
    list.replaceChildren(...chips.map(({ dataset }) => {
      const option = document.createElement("li");
      option.id = `canned-${dataset.command}`;
      option.setAttribute("role", "option");
      option.dataset.command = dataset.command;
      if (dataset.reason) option.setAttribute("aria-disabled", "true");
      for (const [tag, text] of [["b", `/${dataset.command}`], ["span", dataset.label], ["small", dataset.canned], ["em", dataset.reason]]) {
        if (!text) continue;
        option.append(Object.assign(document.createElement(tag), { textContent: text }), " ");
      }
      return option;
    }));
    $(".none", pop).hidden = chips.length > 0;
    point(options().find((option) => option.ariaDisabled !== "true") ?? options()[0]);
  };
  const open = () => {
    mode("reply");
    pop.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    asked.value = "";
    draw();
    asked.focus();
  };
  const close = (back = true) => {
    pop.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (back) said.focus();
  };
  const use = (command) => {
    const chip = $(`#cans [data-command="${CSS.escape(command)}"]`);
    if (!chip) return;
    if (chip.dataset.reason) return fail(chip.dataset.reason);
    close(false);
    insert(chip.dataset.canned);
  };
  opener.addEventListener("click", () => (pop.hidden ? open() : close()));
  asked.addEventListener("input", draw);
  asked.addEventListener("keydown", (event) => {
    const all = options(), at = all.indexOf(pointed());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined && all.length) { event.preventDefault(); point(all[(to + all.length) % all.length]); }
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
    if ((event.key === "Enter" || event.key === "Tab") && pointed()) { event.preventDefault(); use(pointed().dataset.command); }
    if (event.key === "Backspace" && !asked.value) { event.preventDefault(); close(); }
  });
  asked.addEventListener("blur", () => setTimeout(() => { if (!pop.contains(document.activeElement) && document.activeElement !== opener) close(false); }, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) { point(option); use(option.dataset.command); } });

  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  said.addEventListener("input", typed);
  said.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
    const before = said.value.slice(0, said.selectionStart);
    if (event.key === "/" && (!before || before.endsWith("\n"))) { event.preventDefault(); open(); }
  });
  $(".ctabs").addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") { event.preventDefault(); mode(isNote() ? "reply" : "note"); $(`#tab-${field.mode.value}`).focus(); }
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("button");
    if (!target) return;
    if (target.dataset.mode) mode(target.dataset.mode);
    if (target.dataset.command && target.closest("#cans")) use(target.dataset.command);
    if (target.dataset.insert) insert(target.dataset.insert);
  });
  document.addEventListener("desk:do", ({ detail }) => {
    if (detail.does === "reply" || detail.does === "note") mode(detail.does);
    if (detail.does === "canned") detail.value ? use(detail.value) : open();
    if (detail.does === "attach") $("#file").click();
    if (detail.does === "send") send();
  });
  // Another order, other values: the server fills the replies again.
  let order = $("#panel")?.dataset.order;
  document.addEventListener("htmx:afterSwap", async () => {
    const now = $("#panel")?.dataset.order;
    if (now === undefined || now === order) return;
    order = now;
    const answer = await fetch(words.cannedUrl).catch(() => null);
    if (!answer?.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = (await answer.text()).trim();
    $("#cans").replaceWith(holder.content.firstElementChild);
    if (!pop.hidden) draw();
  });
  try { said.value ||= sessionStorage.getItem(draft) ?? ""; } catch { /* private mode */ }
  count();
})();
