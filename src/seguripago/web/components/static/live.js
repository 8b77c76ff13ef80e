// One stream per browser. <body data-live="order:TOKEN monitor"> and [data-live-topic="conversation:TOKEN@17"] name topics;
// @17 is shown already. Says live:status, live:desk, live:monitor (read that region again), live:entries,
// live:now, live:refused; hears live:learn (there are new topics). What shows more than the server has is loaded again.
(() => {
  "use strict";
  const REGIONS = { order: "status", pay: "status", desk: "desk", monitor: "monitor" };
  const QUIET_MS = 45000, OFFLINE_MS = 3000, MUTE_MS = 15000, MOST = 12;
  const { src: here, nonce } = document.currentScript ?? {};
  const me = Math.random().toString(36).slice(2);
  const mine = new Map(); // topic → its newest cursor, -1 for none
  const pages = new Map([[me, mine]]);
  let channel = null, source = null, topics = [], leads = false, heard = 0, failures = 0, again = 0, offline = 0, mute = 0, silent = 0, turn = 0;
  try { channel = new BroadcastChannel("sp-live"); } catch { /* storage is blocked */ }

  const post = (message) => channel?.postMessage(message);
  const say = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

  const learn = () => {
    const named = [...document.querySelectorAll("[data-live-topic]")].map((node) => node.dataset.liveTopic);
    const known = new Map(mine);
    mine.clear();
    for (const word of [document.body.dataset.live ?? "", ...named].join(" ").split(/\s+/)) {
      const [topic, shown] = word.split("@");
      if (topic) mine.set(topic, known.get(topic) ?? (shown ? Number(shown) : -1));
    }
  };

  // When the link is back every region is read once.
  const link = (up, ms = OFFLINE_MS) => {
    if (up) {
      clearTimeout(offline);
      offline = 0;
      if (!("offline" in document.body.dataset)) return;
      delete document.body.dataset.offline;
      new Set([...mine.keys()].map((topic) => REGIONS[topic.split(":")[0]])).forEach((name) => name && say(name, {}));
    } else offline ||= setTimeout(() => { document.body.dataset.offline = ""; }, ms);
  };

  const receive = ({ kind, topic, cursor, data }) => {
    if (kind === "refused") return say(kind, data);
    if (!mine.has(topic)) return;
    if (kind === "now") return say(kind, { ...data, topic });
    mine.set(topic, cursor);
    if (kind === "reset") location.reload();
    else if (kind === "region") say(data.region, { topic, version: cursor });
    else say(kind, { topic, entries: data.entries });
  };

  const onEvent = (kind) => (event) => {
    heard = Date.now();
    failures = silent = 0;
    clearTimeout(mute);
    link(true);
    post({ up: true });
    if (kind === "bye") link(false, 2 * OFFLINE_MS);
    const data = JSON.parse(event.data);
    if (data.refused?.length) tell("refused", "", { topics: data.refused.map((place) => topics[place]) });
    if (data.t >= 0) tell(kind, topics[data.t], data, kind === "now" ? -1 : parseInt(event.lastEventId.split(".")[data.t], 36));
  };

  const tell = (kind, topic, data, cursor) => {
    const news = { kind, topic, cursor, data };
    receive(news);
    post({ news });
    if (cursor >= 0) for (const page of pages.values()) if (page.has(topic)) page.set(topic, cursor);
  };

  const later = (ms) => {
    clearTimeout(again);
    again = setTimeout(open, ms);
  };

  // Twice mute: a proxy keeps back what does not end.
  const fallBack = () => {
    if (++silent < 2 || self.LivePoll || !here) return open();
    const script = document.createElement("script");
    script.src = new URL("live-poll.js", here);
    script.nonce = nonce;
    script.onload = script.onerror = open;
    document.head.append(script);
  };

  // Each topic starts at the oldest cursor of any page. Telling twice is harmless.
  function open() {
    clearTimeout(again);
    clearTimeout(mute);
    source?.close();
    source = null;
    if (!leads) return;
    const from = new Map();
    for (const page of pages.values())
      for (const [topic, cursor] of page) from.set(topic, Math.min(cursor, from.get(topic) ?? cursor));
    topics = [...from.keys()].slice(0, MOST);
    if (!topics.length) return;
    const after = topics.map((topic) => (from.get(topic) < 0 ? "" : from.get(topic).toString(36))).join(".");
    source = new (self.LivePoll ?? EventSource)(`/live/?${topics.map((topic) => `t=${encodeURIComponent(topic)}`).join("&")}&after=${after}`);
    heard = Date.now();
    mute = setTimeout(fallBack, MUTE_MS);
    for (const kind of ["hello", "entries", "region", "now", "beat", "reset", "bye"]) source.addEventListener(kind, onEvent(kind));
    source.onerror = () => {
      clearTimeout(mute);
      link(false);
      post({ up: false });
      if (source?.readyState !== 2) return;
      tell("refused", "", { topics });
      later(Math.min(60000, 1000 * 2 ** failures++) * (0.5 + Math.random()));
    };
  }

  // The visible page leads, because a hidden one may be frozen.
  const lead = async (steal) => {
    const mark = ++turn;
    const take = (alone) => {
      if (alone) channel = channel?.close();
      leads = true;
      post({ who: true });
      later(40);
    };
    if (!navigator.locks || !channel) return take(true);
    try {
      await navigator.locks.request("sp-live", steal ? { steal } : {}, () => {
        if (mark !== turn) return;
        take();
        return new Promise(() => {});
      });
    } catch (error) {
      if (mark !== turn) return;
      if (error.name !== "AbortError") return take(true);
      leads = false;
      open();
      post({ want: mine, from: me });
      lead(false);
    }
  };

  if (channel) channel.onmessage = ({ data: { who, want, gone, from, news, up } }) => {
    if (who) post({ want: mine, from: me });
    if (gone) pages.delete(from);
    if (news) receive(news);
    if (up !== undefined && !leads) link(up);
    if (!want || !leads) return;
    pages.set(from, want);
    later(40);
  };

  const start = () => {
    learn();
    if (turn && leads) return later(40);
    if (!turn && mine.size) lead(!document.hidden);
    post({ want: mine, from: me });
  };
  start();
  document.addEventListener("live:learn", start);
  document.addEventListener("visibilitychange", () => { if (turn && !document.hidden && !leads) lead(true); });
  addEventListener("online", () => { if (leads) open(); });
  addEventListener("pagehide", () => { post({ gone: true, from: me }); source?.close(); });
  addEventListener("pageshow", (event) => { if (turn && event.persisted) lead(true); });
  setInterval(() => { if (source && Date.now() - heard > QUIET_MS) open(); }, 5000);
})();
