// Whispers to this person: shown at once, sounded if wished, told to whoever hears `desk:whisper`, marked in the timeline.
(() => {
  "use strict";
  const me = document.querySelector("[data-me]")?.dataset.me;
  const known = new Set();
  let typed = null, audio = null;

  // The stream says that somebody whispered, never what; the fragment is asked for then, and every ten seconds anyway.
  document.addEventListener("live:now", ({ detail }) => {
    if (detail.what === "whisper" && String(detail.state).split(".")[0] === me) document.dispatchEvent(new CustomEvent("desk:notices"));
  });

  const wantsSound = () => { try { return JSON.parse(localStorage.getItem("desk-alerts") ?? "{}")["whisper.sound"] === true; } catch { return false; } };
  const ring = () => {
    // Nobody looks at this page: then the desk's alerts speak, one of many tabs.
    if (!wantsSound() || (document.querySelector("#alerts") && (document.hidden || !document.hasFocus()))) return;
    try {
      audio ??= new AudioContext();
      if (audio.state !== "running") return;
      [659.3, 987.8].forEach((pitch, place) => {
        const tone = audio.createOscillator(), gain = audio.createGain(), from = audio.currentTime + place * 0.12;
        tone.frequency.value = pitch;
        gain.gain.setValueAtTime(0.0001, from);
        gain.gain.exponentialRampToValueAtTime(0.1, from + 0.02);
        gain.gain.exponentialRampToValueAtTime(0.0001, from + 0.25);
        tone.connect(gain).connect(audio.destination);
        tone.start(from);
        tone.stop(from + 0.27);
      });
    } catch { /* no sound on this machine */ }
  };
  // A browser lets nothing sound before the first press.
  document.addEventListener("pointerdown", () => { try { audio ??= new AudioContext(); audio.resume(); } catch { /* no sound */ } }, { once: true });

  const look = (isFirst) => {
    let isNew = false;
    for (const note of document.querySelectorAll("[data-whisper]")) {
      if (known.has(note.dataset.whisper)) continue;
      known.add(note.dataset.whisper);
      isNew = true;
      const { whisper: id, from, about, text, url } = note.dataset;
      document.dispatchEvent(new CustomEvent("desk:whisper", { detail: { id, from, about, text, url, isFirst } }));
    }
    if (isNew && !isFirst) ring();
  };
  const mark = () => { for (const note of document.querySelectorAll(`.nt[data-to="${me}"]`)) note.classList.add("to-me"); };

  // What somebody is typing into an answer outlives the redraw.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "notices") return;
    const field = document.activeElement?.closest(".whisper input[name=text]");
    const all = [...document.querySelectorAll(".whisper input[name=text]")].filter((one) => one.value);
    typed = { values: new Map(all.map((one) => [one.id, one.value])), focus: field?.id };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (typed) {
      for (const [id, value] of typed.values) { const field = document.getElementById(id); if (field && !field.value) field.value = value; }
      if (typed.focus) document.getElementById(typed.focus)?.focus();
      typed = null;
    }
    look(false);
  });
  document.addEventListener("live:entries", () => queueMicrotask(mark));
  look(true);
  mark();
})();
