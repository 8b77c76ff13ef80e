// Draws what wakes this browser, and opens the desk where it was called to. It keeps nothing and answers no request.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data.json(); } catch { /* not ours */ }
  const url = /^\/mesa\/\d+\/$/.test(said.url) ? said.url : "/mesa/";
  event.waitUntil(self.registration.showNotification(said.title ?? "Mesa de analistas", { body: said.body ?? "", tag: url, data: { url }, icon: "/static/brand/mark.svg" }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const desk = pages.find((page) => new URL(page.url).pathname.startsWith("/mesa/"));
    if (!desk) return self.clients.openWindow(url);
    await desk.focus();
    return desk.navigate(url);
  })());
});
