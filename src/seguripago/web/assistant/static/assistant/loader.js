// ASISTENTE CONNECT@Me: <script src="https://…/asistente.js" data-store="…" async></script>
// A button in the corner; the frame is made when it is first pressed. No request before that, no dependency, no style outside.
(() => {
  "use strict";
  const script = document.currentScript;
  const store = script?.dataset.store;
  if (!store || document.querySelector("[data-assistant-launcher]")) return;
  const origin = new URL(script.src).origin;
  const english = document.documentElement.lang.startsWith("en");
  const words = english
    ? ["Open ASISTENTE CONNECT@Me", "Close ASISTENTE CONNECT@Me", "Safe purchase", "new messages"]
    : ["Abrir ASISTENTE CONNECT@Me", "Cerrar ASISTENTE CONNECT@Me", "Compra segura", "mensajes nuevos"];
  const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${path}"/></svg>`;

  const host = document.createElement("div");
  host.dataset.assistantLauncher = "";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{all:initial}
    .b,.p{position:fixed;z-index:2147483000;right:calc(20px + env(safe-area-inset-right,0px))}
    .b{bottom:calc(var(--up,20px) + env(safe-area-inset-bottom,0px));display:flex;align-items:center;gap:10px;height:56px;padding:0 20px 0 16px;border:0;border-radius:28px;background:#08302a;color:#fff;font:600 15px/1 "Inter Var",Inter,system-ui,sans-serif;cursor:pointer;box-shadow:0 2px 6px rgb(8 34 29/.06),0 14px 32px -10px rgb(8 34 29/.5)}
    .b:hover{background:#0b443b}.b:focus-visible{outline:3px solid #f7b23b;outline-offset:2px}
    .b svg{width:26px;height:26px;fill:none;stroke:#f7b23b;stroke-width:2.1;stroke-linecap:round;stroke-linejoin:round}
    .b[aria-expanded=true]{width:56px;padding:0;justify-content:center}.b[aria-expanded=true] .t{display:none}
    .n{position:absolute;top:-4px;right:-2px;min-width:22px;height:22px;padding:0 6px;box-sizing:border-box;border-radius:11px;background:#f7b23b;color:#0e1a18;font-size:13px;line-height:22px;text-align:center}
    .p{bottom:calc(var(--up,20px) + 72px + env(safe-area-inset-bottom,0px));width:400px;height:min(640px,calc(100dvh - 112px - var(--up,20px)));border-radius:16px;overflow:hidden;background:#f5f7f6;box-shadow:0 5px 40px rgb(8 34 29/.28)}
    .p[hidden],.n[hidden]{display:none}iframe{display:block;width:100%;height:100%;border:0}
    .f{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    @media (max-width:667px){.p{inset:0;width:auto;height:100dvh;border-radius:0}.b.y[aria-expanded=true]{display:none}.b{padding:0 16px}.b.s{width:56px;padding:0;justify-content:center}.b.s .t{display:none}}
    @media (prefers-reduced-motion:no-preference){.p:not([hidden]){animation:u .22s ease-out}@keyframes u{from{opacity:0;transform:translateY(16px)}}}
    @media (forced-colors:active){.b,.p{border:2px solid}}
    @media print{.b,.p{display:none}}`);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = `<div class="p" id="panel" role="dialog" hidden></div>
    <button class="b" type="button" aria-expanded="false" aria-controls="panel">${icon("M7.6 12.2l3.1 3.1L16 9.4v4.1a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-5.5 8.28")}<span class="t"></span><span class="n" hidden></span></button>
    <span class="f" role="status"></span>`;
  const panel = root.querySelector(".p"), button = root.querySelector(".b"), badge = root.querySelector(".n"), status = root.querySelector(".f");
  panel.setAttribute("aria-label", "ASISTENTE CONNECT@Me");
  button.setAttribute("aria-label", words[0]);
  root.querySelector(".t").textContent = words[2];
  if (script.dataset.offsetBottom) host.style.setProperty("--up", `${parseInt(script.dataset.offsetBottom, 10) || 20}px`);

  const narrow = matchMedia("(max-width: 667px)");
  const page = document.documentElement;
  let frame = null, open = false, ready = false, locked = false, scroll = "";
  const tell = (what) => frame?.contentWindow?.postMessage({ connectme: what }, origin);
  const unread = (count) => {
    badge.hidden = !count;
    badge.textContent = count > 9 ? "9+" : count;
    status.textContent = count ? `${count} ${words[3]}` : "";
  };

  // On a phone the panel is all there is: nothing behind it takes the focus, and it ends where the keyboard begins.
  const behind = new Set();
  const alone = () => {
    const now = open && narrow.matches;
    if (now === locked) return;
    locked = now;
    if (now) scroll = page.style.overflow;
    page.style.overflow = now ? "hidden" : scroll;
    panel.setAttribute("aria-modal", String(now));
    if (now) for (const node of document.body.children) if (node !== host && !node.inert) behind.add(node);
    behind.forEach((node) => { node.inert = now; });
    if (!now) behind.clear();
    fit();
  };
  const fit = () => { panel.style.height = open && narrow.matches && visualViewport ? `${visualViewport.height}px` : ""; };
  self.visualViewport?.addEventListener("resize", fit);
  narrow.addEventListener("change", alone);

  const show = (now) => {
    if (now === open) return;
    open = now;
    // A frame that never said it is there was not reached: the button stays, and the next opening asks again.
    if (open && !ready) {
      frame?.remove();
      frame = document.createElement("iframe");
      frame.title = "ASISTENTE CONNECT@Me";
      frame.allow = "clipboard-write";
      frame.referrerPolicy = "strict-origin";
      frame.name = `connectme:${location.origin}`;
      frame.src = `${origin}/asistente/${encodeURIComponent(store)}/`;
      panel.append(frame);
    }
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", words[open ? 1 : 0]);
    alone();
    if (open) {
      unread(0);
      frame.focus();
    } else button.focus();
    tell(open ? "opened" : "closed");
  };

  button.addEventListener("click", (event) => { event.stopPropagation(); show(!open); });
  host.addEventListener("click", (event) => { if (event.composedPath()[0] === host) show(true); });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && open) show(false); });
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const { connectme, count } = Object(event.data);
    if (connectme === "close") show(false);
    else if (connectme === "ready") {
      ready = true;
      button.classList.add("y");
      tell(open ? "opened" : "closed");
    }
    else if (connectme === "unread" && !open && Number.isInteger(count) && count >= 0) unread(count);
  });
  // On a phone, where there is a CLABE to copy, only the round icon: its digits never lie under the button.
  const slim = () => button.classList.toggle("s", !!document.querySelector("[data-copy]"));
  slim();
  for (const what of ["DOMContentLoaded", "scroll", "htmx:afterSwap"]) addEventListener(what, slim, { passive: true });
  (document.body ?? page).append(host);
})();
