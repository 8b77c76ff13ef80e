// A comprobante beside what was expected: opened in a dialog, zoomed up to five times with wheel, keys or buttons, moved by hand.
(() => {
  const MOST = 5, STEP = 1.25, MOVE = 60;
  const dialog = document.getElementById("paper");
  const zoomed = (frame) => {
    const inner = frame.querySelector(".pp-i"), says = frame.parentElement.querySelector("[data-zoom-says]");
    let scale = 1, x = 0, y = 0, held = null;
    const show = () => {
      const box = frame.getBoundingClientRect();
      x = Math.min(0, Math.max(x, box.width - inner.offsetWidth * scale));
      y = Math.min(0, Math.max(y, box.height - inner.offsetHeight * scale));
      inner.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      says.textContent = `${Math.round(scale * 100)} %`;
    };
    // The point under the pointer stays where it is.
    const to = (wanted, px, py) => {
      const next = Math.min(MOST, Math.max(1, wanted));
      x = px - (px - x) * (next / scale);
      y = py - (py - y) * (next / scale);
      scale = next;
      show();
    };
    const middle = () => [frame.clientWidth / 2, frame.clientHeight / 2];
    const by = (way) => (way ? to(scale * (way > 0 ? STEP : 1 / STEP), ...middle()) : to(1, 0, 0));
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      to(scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    frame.addEventListener("pointerdown", (event) => {
      held = [event.clientX - x, event.clientY - y];
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!held) return;
      [x, y] = [event.clientX - held[0], event.clientY - held[1]];
      show();
    });
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => { held = null; });
    frame.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [MOVE, 0], ArrowRight: [-MOVE, 0], ArrowUp: [0, MOVE], ArrowDown: [0, -MOVE] };
      const ways = { "+": 1, "=": 1, "-": -1, "0": 0 };
      if (event.key in ways) by(ways[event.key]);
      else if (event.key in moves) { x += moves[event.key][0]; y += moves[event.key][1]; show(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    frame.parentElement.addEventListener("click", (event) => {
      const button = event.target.closest("[data-zoom-by]");
      if (button) by(Number(button.dataset.zoomBy));
    });
  };
  const prepare = (root) => root.querySelectorAll("[data-zoom]").forEach(zoomed);
  prepare(document);
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-paper]");
    if (!link || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const says = document.getElementById("paper-says");
    try {
      const answer = await fetch(link.href, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) throw new Error(String(answer.status));
      says.innerHTML = await answer.text();
    } catch {
      location.assign(link.href);
      return;
    }
    prepare(says);
    dialog.showModal();
    // The button at the end has the focus; what is looked at stands at the head.
    dialog.scrollTop = 0;
  });
  dialog?.addEventListener("close", () => { document.getElementById("paper-says").textContent = ""; });
})();
