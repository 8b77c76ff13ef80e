// Who is here now: tells that this person types or looks on, and shows what the others do. Nothing is kept anywhere.
(() => {
  "use strict";
  const TYPE_MS = 3000, VIEW_MS = 10000;
  const line = document.getElementById("now"), said = document.getElementById("said"), form = document.getElementById("composer");
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const tell = (what, state) => {
    const body = new URLSearchParams({ what, state, csrfmiddlewaretoken: token() });
    fetch(line.dataset.url, { method: "POST", body, keepalive: true }).catch(() => {});
  };

  if (line) {
    let typedAt = 0, views = false;
    // A private note is the team's own business: the buyer must not see that somebody types.
    said?.addEventListener("input", () => {
      if (!said.value.trim() || form.elements.mode.value === "note" || Date.now() - typedAt < TYPE_MS) return;
      typedAt = Date.now();
      tell("typing", "1");
    });
    const look = () => {
      if (document.hidden && !views) return;
      views = !document.hidden;
      tell("viewing", views ? "1" : "0");
    };
    look();
    setInterval(look, VIEW_MS);
    document.addEventListener("visibilitychange", look);
    addEventListener("pagehide", () => { if (views) tell("viewing", "0"); });
  }

  // Everything here goes out by itself; the line only changes when its words do, so that it is not read out again.
  const typing = new Map(), viewing = new Map(); // who → {name, until} · conversation → who → {name, until}
  const ends = (lasts) => Date.now() + lasts * 1000;
  const fresh = (map) => {
    for (const [key, { until }] of map) if (until <= Date.now()) map.delete(key);
    return [...map.entries()];
  };
  const initials = (name) => name.split(" ").slice(0, 2).map((word) => word[0] ?? "").join("").toUpperCase();
  const drawLine = () => {
    if (!line) return;
    const types = fresh(typing).map(([who, { name }]) => (who ? line.dataset.types.replace("{name}", name) : line.dataset.buyer));
    const others = fresh(viewing.get(Number(line.dataset.conversation)) ?? new Map());
    const looks = others.filter(([who]) => !typing.has(who)).map(([, { name }]) => line.dataset.views.replace("{name}", name));
    const words = [...types, ...looks].join(" · ");
    if (line.textContent !== words) line.textContent = words;
  };
  const drawRows = () => {
    for (const row of document.querySelectorAll("#queue [data-conversation]")) {
      const here = fresh(viewing.get(Number(row.dataset.conversation)) ?? new Map()).map(([, { name }]) => name);
      let box = row.querySelector(".vw");
      if (!here.length) { box?.remove(); continue; }
      if (!box) {
        box = Object.assign(document.createElement("span"), { className: "vw" });
        box.setAttribute("role", "img");
        (row.querySelector(".mt") ?? row.querySelector("a") ?? row).append(box);
      }
      const words = here.map(initials).join(" ");
      if (box.textContent !== words) box.textContent = words;
      box.title = here.join(", ");
      box.setAttribute("aria-label", (document.getElementById("queue").dataset.views ?? "{name}").replace("{name}", here.join(", ")));
    }
  };
  const draw = () => { drawLine(); drawRows(); };
  document.addEventListener("live:now", ({ detail: { topic, what, conversation, who, name, state, lasts } }) => {
    if (what === "typing" && topic === `desk-conversation:${line?.dataset.conversation}`) {
      if (state === "1") typing.set(who, { name, until: ends(lasts) });
      else typing.delete(who);
    }
    if (what === "viewing") {
      if (!viewing.has(conversation)) viewing.set(conversation, new Map());
      if (state === "1") viewing.get(conversation).set(who, { name, until: ends(lasts) });
      else viewing.get(conversation).delete(who);
    }
    draw();
  });
  // Who has spoken does not type any more.
  document.addEventListener("live:entries", ({ detail: { topic } }) => {
    if (topic !== `desk-conversation:${line?.dataset.conversation}`) return;
    typing.clear();
    draw();
  });
  document.addEventListener("htmx:afterSettle", drawRows);
  setInterval(draw, 1000);
})();
