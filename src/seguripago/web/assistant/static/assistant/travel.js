// The frame's way from page to page. Every page works without it; with it a browser that stores nothing can talk too:
// what it must remember travels signed in a header and is kept here, in this page's memory, until the page is left.
(() => {
  "use strict";
  const HEADER = "Connectme-Memory", GO = "Connectme-Go";
  let memory = "-", latest = 0;

  const headers = () => ({ [HEADER]: memory });
  const ask = async (url, options = {}) => {
    const answer = await fetch(url, { ...options, headers: { ...options.headers, ...headers() } });
    // A browser whose cookies hold it all is told so by "-": then nothing is kept here.
    memory = answer.headers.get(HEADER) ?? memory;
    return answer;
  };
  self.connectme = Object.freeze({ ask, headers });

  const isOurs = (url) => url.origin === location.origin && url.pathname.startsWith("/asistente/");

  // Asks for a page and puts it in this one's place. The newest wish wins; what cannot be reached changes nothing.
  const travel = async (url, { options = {}, keep = false } = {}) => {
    const turn = ++latest;
    document.body.setAttribute("aria-busy", "true");
    try {
      let answer = await ask(url, options);
      for (let next; (next = answer.headers.get(GO)); answer = await ask(url)) url = new URL(next, url);
      if (answer.status === 404) return leave();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== latest) return;
      if (!page.querySelector("body > .w")) throw new Error(String(answer.status));
      if (!keep && url.href !== location.href) history.pushState(null, "", url);
      await put(page);
    } catch {
      if (turn === latest) tell();
    } finally {
      document.body.removeAttribute("aria-busy");
    }
  };

  const put = async (page) => {
    const missing = (name, attribute) =>
      [...page.querySelectorAll(name)].filter((node) => ![...document.querySelectorAll(name)].some((own) => own[attribute] === node[attribute]));
    const loaded = [...missing("link[rel=stylesheet]", "href"), ...missing("script[src]", "src")].map((node) => {
      const own = document.createElement(node.localName);
      for (const { name, value } of node.attributes) own.setAttribute(name, value);
      const ready = new Promise((done) => { own.onload = own.onerror = done; });
      document.head.append(own);
      return ready;
    });
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    for (const { name } of [...document.body.attributes]) document.body.removeAttribute(name);
    for (const { name, value } of page.body.attributes) document.body.setAttribute(name, value);
    document.body.replaceChildren(...page.body.childNodes);
    const heading = document.querySelector("h1");
    if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
    await Promise.all(loaded);
    for (const name of ["frame:page", "live:learn"]) document.dispatchEvent(new CustomEvent(name));
  };

  // A conversation that is not ours (any more) leads back to the beginning, where the earlier ones are.
  const leave = () => {
    const home = new URL(`/${location.pathname.split("/").slice(1, 3).join("/")}/`, location.origin);
    if (location.pathname !== home.pathname) travel(home);
    else tell();
  };

  const tell = () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    const words = document.getElementById("unreached");
    if (!words) return;
    document.getElementById("away")?.remove();
    const bar = Object.assign(document.createElement("p"), { id: "away", className: "bar", textContent: words.content.textContent });
    bar.setAttribute("role", "alert");
    document.querySelector(".w")?.append(bar);
    setTimeout(() => bar.remove(), 8000);
  };

  // A file of the conversation, for a browser that would ask for it without its cookies.
  const take = async (link) => {
    try {
      const answer = await ask(link.href);
      if (!answer.ok) throw new Error(String(answer.status));
      const href = URL.createObjectURL(await answer.blob());
      Object.assign(document.createElement("a"), { href, download: link.querySelector("h2")?.textContent ?? "" }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60000);
    } catch { tell(); }
  };

  // On the window, after everybody who handles a click or a form in place.
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.target || !isOurs(link)) return;
    const isFile = link.hasAttribute("download");
    if (isFile && memory === "-") return;
    event.preventDefault();
    if (isFile) return take(link);
    travel(new URL(link.href));
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    const url = new URL(form.getAttribute("action") || "", location.href);
    if (event.defaultPrevented || form.target || !isOurs(url)) return;
    event.preventDefault();
    const typed = new FormData(form, event.submitter);
    if (form.method === "post") return travel(url, { options: { method: "POST", body: typed } });
    url.search = new URLSearchParams(typed);
    travel(url);
  });
  addEventListener("popstate", () => travel(new URL(location.href), { keep: true }));
})();
