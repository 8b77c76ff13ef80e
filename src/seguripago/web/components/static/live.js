// Keeps a page live with one stream per browser. <body data-live="order:TOKEN monitor"> names topics, and so does
// [data-live-topic="conversation:TOKEN@17"]; @17 says what the page already shows, without it the first news comes at once.
// Dispatches on document: live:status, live:desk, live:monitor (read that region again) and live:entries (detail.entries).
(() => {
  "use strict";
  const REGIONS = { order: "status", desk: "desk", monitor: "monitor" };
  const QUIET_MS = 45000, OFFLINE_MS = 3000, MOST = 12;
  const me = Math.random().toString(36).slice(2);
  const mine = new Map(); // topic → the newest cursor that this page was told, -1 for none
  const pages = new Map([[me, mine]]); // what each page of this browser follows, kept by the page that leads
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("sp-live") : null;
  let source = null, topics = [], leads = false, heard = 0, failures = 0, again = 0, offline = 0;

  const post = (message) => channel?.postMessage(message);
  const say = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
  const region = (topic) => REGIONS[topic.split(":")[0]];

  const learn = () => {
    const named = [...document.querySelectorAll("[data-live-topic]")].map((node) => node.dataset.liveTopic);
    for (const word of [document.body.dataset.live ?? "", ...named].join(" ").split(/\s+/)) {
      const [topic, shown] = word.split("@");
      if (topic && !mine.has(topic)) mine.set(topic, shown ? Number(shown) : -1);
    }
  };

  // Offline is said after three seconds; when the link is back every region is read once, whatever was missed.
  const link = (up) => {
    if (up) {
      clearTimeout(offline);
      offline = 0;
      if (!("offline" in document.body.dataset)) return;
      delete document.body.dataset.offline;
      new Set([...mine.keys()].map(region)).forEach((name) => name && say(name, {}));
    } else if (!offline) {
      offline = setTimeout(() => { document.body.dataset.offline = ""; }, OFFLINE_MS);
    }
  };

  const receive = ({ kind, topic, cursor, data }) => {
    if (!mine.has(topic)) return;
    mine.set(topic, cursor);
    if (kind === "region") say(data.region, { topic, version: cursor });
    else say("entries", { topic, entries: data.entries });
  };

  const onEvent = (kind) => (event) => {
    heard = Date.now();
    failures = 0;
    link(true);
    post({ up: true });
    const data = JSON.parse(event.data);
    const topic = topics[data.t];
    if (!topic) return;
    const cursor = parseInt(event.lastEventId.split(".")[data.t], 36);
    for (const page of pages.values()) if (page.has(topic)) page.set(topic, cursor);
    receive({ kind, topic, cursor, data });
    post({ news: { kind, topic, cursor, data } });
  };

  const later = (ms) => {
    clearTimeout(again);
    again = setTimeout(open, ms);
  };

  // One source for all pages; each topic starts at the oldest cursor that any page holds. Telling twice is harmless.
  function open() {
    clearTimeout(again);
    source?.close();
    source = null;
    if (!leads) return;
    const from = new Map();
    for (const page of pages.values())
      for (const [topic, cursor] of page) from.set(topic, Math.min(cursor, from.get(topic) ?? cursor));
    topics = [...from.keys()].slice(0, MOST);
    if (!topics.length) return;
    const after = topics.map((topic) => (from.get(topic) < 0 ? "" : from.get(topic).toString(36))).join(".");
    source = new EventSource(`/live/?${topics.map((topic) => `t=${encodeURIComponent(topic)}`).join("&")}&after=${after}`);
    heard = Date.now();
    for (const kind of ["hello", "entries", "region", "beat", "bye"]) source.addEventListener(kind, onEvent(kind));
    source.onerror = () => {
      link(false);
      post({ up: false });
      // The browser comes back by itself unless the answer was not a stream.
      if (source?.readyState === EventSource.CLOSED) later(Math.min(60000, 1000 * 2 ** failures++) * (0.5 + Math.random()));
    };
  }

  // The page that a person looks at leads: a hidden one may be frozen, and then its stream is too.
  const lead = async (steal) => {
    if (!navigator.locks || !channel) {
      leads = true;
      return open();
    }
    try {
      await navigator.locks.request("sp-live", steal ? { steal } : {}, () => {
        leads = true;
        post({ who: true });
        later(40);
        return new Promise(() => {});
      });
    } catch {
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
    const isNew = [...want].some(([topic, cursor]) => !topics.includes(topic) || cursor < Math.max(0, ...[...pages.values()].map((page) => page.get(topic) ?? 0)));
    pages.set(from, want);
    if (isNew) later(40);
  };

  learn();
  if (!mine.size) return;
  lead(!document.hidden);
  if (!leads) post({ want: mine, from: me });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !leads) lead(true); });
  addEventListener("online", () => { if (leads) open(); });
  addEventListener("pagehide", () => { post({ gone: true, from: me }); source?.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  setInterval(() => { if (source && Date.now() - heard > QUIET_MS) open(); }, 5000);
})();
