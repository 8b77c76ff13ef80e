// The chart of the days (its table stands beside it), dates that choose themselves, printing.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const node = $("#chart");
  let chart = null, wide = 0;
  const label = (day) => new Date(`${day}T12:00:00Z`).toLocaleDateString(document.documentElement.lang, { timeZone: "UTC", day: "numeric", month: "short" });
  const draw = () => {
    if (!node || !self.uPlot) return;
    const { days, n } = JSON.parse(node.dataset.points), places = days.map((_, place) => place), most = Math.max(...n, 0);
    const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor((node.clientWidth - 60) / 64))));
    const whole = (splits) => splits.map((each) => (Number.isInteger(each) ? each : ""));
    chart?.destroy();
    chart = new uPlot({
      width: Math.max(240, node.clientWidth - 28), height: 200, legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: [-0.6, places.length - 0.4] }, y: { range: [0, most ? most * 1.12 : 4] } },
      axes: [
        { stroke: css("--text-2"), grid: { show: false }, ticks: { show: false }, font: `12px ${css("--font")}`, size: 26, splits: () => places, values: (_, splits) => splits.map((each) => ((splits.length - 1 - each) % every ? "" : label(days[each]))) },
        { stroke: css("--text-2"), grid: { stroke: css("--hairline"), width: 1 }, ticks: { show: false }, font: `12px ${css("--font")}`, size: 44, space: 34, values: (_, splits) => whole(splits) },
      ],
      series: [{}, { fill: css("--brand"), stroke: css("--brand"), width: 0, paths: uPlot.paths.bars({ size: [0.62, 46], radius: 0.12 }), points: { show: false } }],
    }, [places, n], node);
  };
  if (node) {
    draw();
    document.addEventListener("sp:theme", draw);
    new ResizeObserver(() => { if (node.clientWidth !== wide) { wide = node.clientWidth; draw(); } }).observe(node);
  }
  const print = $("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => self.print());
  }
  addEventListener("beforeprint", () => { for (const table of document.querySelectorAll(".as-table")) table.open = true; });
})();
