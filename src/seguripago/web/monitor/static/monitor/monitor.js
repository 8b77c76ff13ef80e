// Medios de pago: one redraw for what comes together, the chart, keys, the bell, dialogs. Every page works without it.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const GATHER_MS = 120, PAUSE_MS = 600, HIDDEN_MS = 4000, NEW_MS = 4000;
  const here = document.currentScript.dataset;
  const kept = {
    get: (name) => { try { return localStorage.getItem(`sp-monitor-${name}`); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(`sp-monitor-${name}`, value); } catch { /* private mode */ } },
  };
  const wants = (name, byDefault) => (kept.get(name) ?? byDefault) === "1";
  const title = document.title;

  // A fact rings twice (when it is committed, when it is numbered), and a busy minute rings a hundred times.
  let timer = 0, last = 0;
  const board = () => $("#monitor-regions");
  const redraw = () => {
    if (timer || !$("[data-redraws]")) return;
    const pause = document.hidden ? HIDDEN_MS : PAUSE_MS;
    timer = setTimeout(() => {
      timer = 0;
      last = performance.now();
      document.dispatchEvent(new CustomEvent("monitor:redraw"));
    }, Math.max(GATHER_MS, last + pause - performance.now()));
  };
  document.addEventListener("live:monitor", redraw);

  // What a redraw must not lose: where a list was scrolled to, what had the focus, which case was the newest known.
  let before = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "monitor-regions") return;
    before = {
      rows: new Set(all("tr[id]", event.detail.target).map((row) => row.id)),
      scroll: new Map(all(".scr[id]", event.detail.target).map((box) => [box.id, box.scrollTop])),
      focus: document.activeElement?.closest("[id]")?.id,
      chosen: $(".chosen")?.id,
      newest: Number(event.detail.target.dataset.newestCase),
      opened: all("details[open][id]", event.detail.target).map((one) => one.id),
    };
  });
  // A case that another person moved is read again whole, unless this person is in the middle of a form.
  let state = $("[data-live-state]")?.dataset.liveState;
  const isTyping = () => $("dialog[open]") || document.activeElement?.closest("form.act");
  document.addEventListener("htmx:afterSwap", () => {
    const now = $("[data-live-state]")?.dataset.liveState;
    if (now !== state && !isTyping()) location.reload();
    else if (now !== state) state = now;
    if (!before) return;
    const was = before;
    before = null;
    for (const [id, top] of was.scroll) if (document.getElementById(id)) document.getElementById(id).scrollTop = top;
    for (const id of was.opened) document.getElementById(id)?.setAttribute("open", "");
    const fresh = all("#monitor-regions tr[id]").filter((row) => !was.rows.has(row.id));
    for (const row of fresh) row.classList.add("new");
    setTimeout(() => fresh.forEach((row) => row.classList.remove("new")), NEW_MS);
    if (was.chosen) document.getElementById(was.chosen)?.classList.add("chosen");
    if (was.focus && document.activeElement === document.body) document.getElementById(was.focus)?.focus({ preventScroll: true });
    if (Number(board()?.dataset.newestCase) > was.newest) ring();
    count();
    draw();
  });
  const count = () => {
    const open = Number(board()?.dataset.cases ?? 0);
    document.title = open ? `(${open}) ${title}` : title;
  };
  count();

  // The bell: two soft notes, only for whoever switched it on; a browser lets nothing sound before the first press.
  let audio = null;
  const ring = () => {
    if (!wants("sound", "0")) return;
    try {
      audio ??= new AudioContext();
      audio.resume();
      [880, 1174.7].forEach((pitch, place) => {
        const tone = audio.createOscillator(), gain = audio.createGain(), from = audio.currentTime + place * 0.16;
        tone.type = "sine";
        tone.frequency.value = pitch;
        gain.gain.setValueAtTime(0.0001, from);
        gain.gain.exponentialRampToValueAtTime(0.16, from + 0.02);
        gain.gain.exponentialRampToValueAtTime(0.0001, from + 0.3);
        tone.connect(gain).connect(audio.destination);
        tone.start(from);
        tone.stop(from + 0.32);
      });
    } catch { /* no sound on this machine */ }
  };
  document.addEventListener("pointerdown", () => { if (wants("sound", "0")) { audio ??= new AudioContext(); audio.resume(); } }, { once: true });

  for (const box of all("[data-keep]")) {
    box.checked = wants(box.dataset.keep, box.defaultChecked ? "1" : "0");
    box.addEventListener("change", () => {
      kept.set(box.dataset.keep, box.checked ? "1" : "0");
      if (box.dataset.keep === "sound" && box.checked) ring();
    });
  }

  // Dialogs: a button or the address (#aprobar) opens one; Esc and the cross close it and the focus goes back.
  const open = (id) => { const box = document.getElementById(id); if (box instanceof HTMLDialogElement && !box.open) box.showModal(); };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) { event.preventDefault(); open(opener.dataset.opens); }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });
  if (location.hash.length > 1) open(location.hash.slice(1));

  // Keys: J and K walk the list, Enter opens, / searches, E exceptions, V the board, ? this help.
  const rows = () => all("[data-row]").filter((row) => row.offsetParent !== null);
  const walk = (by) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains("chosen"));
    list[at]?.classList.remove("chosen");
    const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))];
    next.classList.add("chosen");
    next.scrollIntoView({ block: "nearest" });
    (next.matches("a") ? next : $("a", next))?.focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable]") || $("dialog[open]")) return;
    if (!wants("keys", "1")) return;
    const act = {
      j: () => walk(1),
      k: () => walk(-1),
      "/": () => { const box = $("input[type=search]"); if (box) { box.focus(); box.select(); } else location.href = here.search; },
      e: () => { location.href = here.cases; },
      v: () => { location.href = here.board; },
      "?": () => open("keys"),
      Enter: () => { if (event.target === document.body) { const link = $(".chosen a, a.chosen"); if (link) location.href = link.href; } },
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    if (event.key !== "Enter") event.preventDefault();
    act();
  });

  // A whole row can be pressed; what is a link or a button inside it stays itself.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest("a, button, input, label") || getSelection().toString()) return;
    $("a", row)?.click();
  });

  // Several cases, one action: the bar shows how many are chosen.
  const bulk = $("[data-bulk]");
  if (bulk) {
    const boxes = () => all("[data-pick]");
    const show = () => {
      const many = boxes().filter((box) => box.checked).length;
      $("[data-picked]").textContent = many;
      for (const field of all("button, select, input:not([type=hidden])", bulk)) field.disabled = !many;
      bulk.classList.toggle("idle", !many);
    };
    document.addEventListener("change", (event) => {
      if (event.target.matches("[data-pick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
      if (event.target.matches("[data-pick], [data-pick-all]")) show();
    });
    show();
  }

  // On a narrow screen the tabs scroll: the one of this page is brought into view.
  const tab = $(".area [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;

  // A form per action: only the chosen one is shown, and what is typed is checked by the server while it is typed.
  const actions = all("[data-action-form]");
  const choose = (name) => {
    for (const form of actions) form.hidden = form.dataset.actionForm !== name;
    for (const tab of all("[data-action]")) tab.setAttribute("aria-pressed", tab.dataset.action === name);
  };
  if (actions.length) {
    for (const tab of all("[data-action]")) tab.addEventListener("click", () => choose(tab.dataset.action));
    choose(($("[data-action][aria-pressed=true]") ?? $("[data-action]:not([disabled])"))?.dataset.action);
  }

  // The chart. The numbers come from the server in centavos; colours are the page's own, so it is drawn again in the dark.
  let chart = null, drawn = "";
  const place = $("#chart");
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const pesos = (value) => value.toLocaleString("es-MX", { style: "currency", currency: "MXN", maximumFractionDigits: 0 }).replace("MX", "");
  const MX = "America/Mexico_City";
  const label = (range, at) => new Date(at * 1000).toLocaleString("es-MX", range === "semana"
    ? { timeZone: MX, weekday: "short", day: "numeric" } : { timeZone: MX, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const draw = (again = false) => {
    const source = $("#chart-points");
    const node = $("#chart");
    if (!source || !node || !self.uPlot) return;
    const text = source.dataset.points + document.documentElement.dataset.theme + node.clientWidth;
    if (text === drawn && !again && node.firstChild) return;
    drawn = text;
    const points = JSON.parse(source.dataset.points);
    const applied = points.applied.map((value) => value / 100);
    const total = points.applied.map((value, place) => (value + points.in_case[place]) / 100);
    const places = points.at.map((_, place) => place);
    const bars = uPlot.paths.bars({ size: [0.62, 46], radius: 0.12 });
    const before = (points.before ?? []).map((value) => value / 100);
    const most = Math.max(...total, ...before, 0);
    const options = {
      width: Math.max(280, node.clientWidth),
      height: 176,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: [-0.6, places.length - 0.4] }, y: { range: [0, most ? most * 1.12 : 1000] } },
      axes: [
        { stroke: css("--text-2"), grid: { show: false }, ticks: { show: false }, font: "12px " + css("--font"), size: 26, space: 46, splits: () => places, values: (_, splits) => thin(splits, node.clientWidth).map((each) => (each === null ? "" : label(points.range, points.at[each]))) },
        { stroke: css("--text-2"), grid: { stroke: css("--hairline"), width: 1 }, ticks: { show: false }, font: "12px " + css("--font"), size: 74, space: 34, values: (_, splits) => splits.map(pesos) },
      ],
      series: [
        {},
        { fill: css("--cempa-500"), stroke: css("--cempa-500"), width: 0, paths: bars, points: { show: false } },
        { fill: css("--brand"), stroke: css("--brand"), width: 0, paths: bars, points: { show: false } },
        ...(before.length ? [{ stroke: css("--text-2"), width: 1.5, dash: [4, 4], points: { show: false } }] : []),
      ],
      hooks: { setCursor: [(plot) => say(plot, points)] },
    };
    chart?.destroy();
    chart = new uPlot(options, [places, total, applied, ...(before.length ? [before] : [])], node);
  };
  const thin = (splits, width) => {
    const every = Math.max(1, Math.ceil(splits.length / Math.max(2, Math.floor((width - 74) / 58))));
    return splits.map((each) => ((splits.length - 1 - each) % every === 0 ? each : null));
  };
  const say = (plot, points) => {
    const tip = $("#chart-tip");
    const at = plot.cursor.idx;
    tip.hidden = at === null || at === undefined || plot.cursor.left < 0;
    if (tip.hidden) return;
    const money = (value) => (value / 100).toLocaleString("es-MX", { style: "currency", currency: "MXN" }).replace("MX", "");
    tip.textContent = `${label(points.range, points.at[at])} · ${money(points.applied[at])}${points.in_case[at] ? ` + ${money(points.in_case[at])}` : ""} · ${points.deposits[at]}`;
  };
  if (place) {
    draw();
    document.addEventListener("sp:theme", () => draw(true));
    new ResizeObserver(() => draw()).observe(place);
  }
})();
