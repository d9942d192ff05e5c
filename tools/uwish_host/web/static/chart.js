"use strict";
// A chart of one series: its mean as a line, in a band of what it was; drawn by uPlot.

const uwishChart = (() => {
  const HEIGHT = 190;
  const DAY = 86400;
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const clock = new Intl.DateTimeFormat(undefined,
    { hour: "2-digit", minute: "2-digit", hour12: false });
  const seconds = new Intl.DateTimeFormat(undefined,
    { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  const at = (time, how) => how.format(new Date(time * 1000));

  // Five digits, or six from 1000 on, as the server shows them.
  function number(value) {
    if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
    return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 5)));
  }

  function times(self, splits, axis, space, step) {
    return splits.map((split) => {
      const moment = new Date(split * 1000);
      const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
      if (step >= DAY || (midnight && step >= 60)) return at(split, date);
      return at(split, step < 60 ? seconds : clock);
    });
  }

  function options(width, kind, range, said) {
    const steps = kind === "boolean" ? { paths: uPlot.paths.stepped({ align: 1 }) } : {};
    const axis = {
      stroke: () => style("--muted"),
      grid: { stroke: () => style("--line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      padding: [10, 12, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { range },
        y: { range: (self, low, high) => room(kind, low, high) },
      },
      axes: [
        { ...axis, values: times, space: 64, size: 30 },
        { ...axis, size: 58, space: 32, ...levels(kind) },
      ],
      series: [
        {},
        { stroke: () => style("--accent"), width: 1.6, points: { size: 4 }, ...steps },
        { stroke: "transparent", width: 0, points: { show: false }, ...steps },
        { stroke: "transparent", width: 0, points: { show: false }, ...steps },
      ],
      bands: [{ series: [3, 2], fill: () => style("--band") }],
      hooks: { setCursor: [said] },
    };
  }

  function levels(kind) {
    if (kind !== "boolean") return { values: (self, splits) => splits.map(number) };
    return { splits: () => [0, 1], values: () => ["false", "true"] };
  }

  // Some room above and below; a constant gets some as well.
  function room(kind, low, high) {
    if (kind === "boolean") return [-0.1, 1.1];
    if (low === null || high === null) return [0, 1];
    const edge = (high - low) * 0.08 || Math.abs(high) * 0.05 || 1;
    return [low - edge, high + edge];
  }

  // `columns` are time, mean, low, high; `range()` gives the ends of the time shown, `said(index)`
  // is told which point is under the cursor (null: none).
  function draw(place, columns, kind, range, said) {
    const chart = new uPlot(
      options(place.clientWidth, kind, range, (self) => said(self.cursor.idx ?? null)),
      columns,
      place,
    );
    new ResizeObserver(() => {
      if (place.clientWidth !== chart.width) {
        chart.setSize({ width: place.clientWidth, height: HEIGHT });
      }
    }).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.redraw());
    return chart;
  }

  return { draw, number, moment: (time) => `${at(time, date)}, ${at(time, clock)}` };
})();
