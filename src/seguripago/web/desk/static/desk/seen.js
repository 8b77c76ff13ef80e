// «Visto»: tells what this screen showed of the conversation, and marks the last own words that the buyer's screen showed.
(() => {
  "use strict";
  const log = document.getElementById("log");
  if (!log?.dataset.seenUrl) return;
  let shown = 0, late = 0;
  const entries = () => [...log.querySelectorAll("[data-seq]")];

  const look = async () => {
    late = 0;
    if (document.hidden) return;
    const seq = Number(entries().at(-1)?.dataset.seq ?? 0);
    if (seq <= shown) return;
    const before = shown;
    shown = seq;
    const body = new URLSearchParams({ seq, csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "" });
    const answer = await fetch(log.dataset.seenUrl, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) shown = Math.min(shown, before);
  };
  const soon = () => { late ||= setTimeout(look, 700); };

  const mark = () => {
    log.querySelectorAll("[data-mark]").forEach((node) => node.remove());
    const read = entries().findLast((node) => node.dataset.author === "analyst" && Number(node.dataset.seq) <= Number(log.dataset.buyerSeen));
    const time = read?.querySelector(".tm");
    if (!time) return;
    const said = Object.assign(document.createElement("span"), { textContent: ` · ${log.dataset.seenWord}` });
    said.dataset.mark = "";
    time.append(said);
  };

  document.addEventListener("live:now", ({ detail }) => {
    if (detail.what !== "seen" || Number(detail.conversation) !== Number(log.dataset.conversation)) return;
    if (Number(detail.state) > Number(log.dataset.buyerSeen)) log.dataset.buyerSeen = detail.state;
    mark();
  });
  document.addEventListener("live:entries", () => { queueMicrotask(mark); soon(); });
  document.addEventListener("visibilitychange", soon);
  mark();
  soon();
})();
