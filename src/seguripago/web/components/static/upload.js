// Files on their way to us: chosen, photographed, pasted or dropped. Each row shows how far it is, can be stopped and sent again.
// Without this script the form sends one file as any form does.
(() => {
  "use strict";
  const forms = () => [...document.querySelectorAll("form[data-upload]")];
  const say = (form, said) => {
    const box = form.querySelector("[data-said]");
    box.textContent = "";
    setTimeout(() => { box.textContent = said; }, 30);
  };

  // What the page draws anew may bring the form back: it is made ready each time it is met.
  const ready = (form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    const field = form.querySelector("input[type=file]");
    field.classList.add("sr");
    field.tabIndex = -1;
    for (const hidden of form.querySelectorAll("[data-scripted]")) hidden.hidden = false;
  };
  const all = () => forms().forEach(ready);
  all();
  for (const name of ["htmx:load", "htmx:afterSettle"]) document.addEventListener(name, all);

  const upload = (form, file) => {
    const words = form.dataset;
    const row = form.querySelector("template").content.firstElementChild.cloneNode(true);
    const part = (name) => row.querySelector(`[data-${name}]`);
    const bar = row.querySelector("progress");
    const cancel = part("cancel");
    const stop = cancel.textContent;
    let request = null;
    part("name").textContent = file.name;
    form.querySelector("[data-rows]").append(row);
    // Whoever goes on writing elsewhere keeps the caret.
    const gone = () => {
      const held = row.contains(document.activeElement);
      row.remove();
      if (held) form.querySelector("[type=submit]").focus();
    };
    const fail = (why, again) => {
      bar.hidden = true;
      cancel.textContent = cancel.dataset.remove;
      part("why").textContent = why;
      part("again").hidden = !again;
    };
    cancel.addEventListener("click", () => { request?.abort(); gone(); });
    if (file.size > Number(words.most)) { fail(words.big, false); return; }
    const send = () => {
      const body = new FormData(form);
      body.delete("file");
      body.set("file", file);
      request = new XMLHttpRequest();
      bar.hidden = false;
      bar.value = 0;
      cancel.textContent = stop;
      part("again").hidden = true;
      part("why").textContent = "";
      request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; };
      request.onload = () => {
        let told = {};
        try { told = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
        if (request.status !== 200) { fail(told.message || words.failed, request.status >= 500 || request.status === 429); return; }
        // Where the page lists what it has, the row has done its work; elsewhere it stays and says so.
        if (words.keeps) { bar.hidden = cancel.hidden = true; part("done").hidden = false; } else gone();
        say(form, words.kept);
        document.dispatchEvent(new CustomEvent("live:status"));
      };
      request.onerror = request.ontimeout = () => fail(words.failed, true);
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.send(body);
    };
    part("again").addEventListener("click", send);
    send();
  };
  const take = (form, files) => {
    form.querySelectorAll(".err").forEach((old) => old.remove());
    [...files].forEach((file) => upload(form, file));
  };
  // Where the pointer is, or the one form that there is.
  const near = (target) => target.closest?.("form[data-upload]") ?? (forms().length === 1 ? forms()[0] : null);
  const typing = (target) => target.matches?.("input:not([type=file]), textarea, [contenteditable]");

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]")) return;
    event.preventDefault();
    form.querySelector("input[type=file]").click();
  }, true);
  document.addEventListener("click", (event) => {
    const camera = event.target.closest("[data-camera]");
    if (!camera) return;
    const field = camera.form.querySelector("input[type=file]");
    field.setAttribute("capture", "environment");
    field.click();
    field.removeAttribute("capture");
  });
  document.addEventListener("change", ({ target }) => {
    const form = target.type === "file" && target.closest("form[data-upload]");
    if (!form) return;
    take(form, target.files);
    target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const form = near(event.target);
    if (!form || typing(event.target) || !event.clipboardData?.files.length) return;
    event.preventDefault();
    take(form, event.clipboardData.files);
  });
  const over = (form) => forms().forEach((each) => each.classList.toggle("over", each === form));
  document.addEventListener("dragover", (event) => {
    const form = near(event.target);
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(form);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(null); });
  document.addEventListener("drop", (event) => {
    const form = near(event.target);
    if (!form || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    over(null);
    take(form, event.dataTransfer.files);
  });
})();
