// Tells the store's page, and no other, that the bank has its answer. What it was is learned from the gateway alone.
(() => {
  "use strict";
  const { store } = document.getElementById("answered").dataset;
  if (parent !== self) parent.postMessage({ type: "challenge", done: true }, store);
})();
