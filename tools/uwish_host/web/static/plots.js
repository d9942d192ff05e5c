"use strict";
// The plots of a device: fetched one after the other, then kept going by what comes live.

(() => {
  const SECONDS = { "1h": 3600, "24h": 86400, "7d": 604800, "30d": 2592000 };
  const AGAIN_MS = 5000;
  const place = document.getElementById("plots");
  if (!place) return;
  const range = place.dataset.range;
  const stored = place.dataset.stored === "yes";
  const plots = new Map(); // name: what is drawn
  const page = document.querySelector(".device");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function fetchPoints(figure) {
    const { name, unit, kind } = figure.dataset;
    const query = new URLSearchParams({ name, unit, kind, range });
    const root = document.documentElement.dataset.root;
    for (;;) {
      try {
        const answer = await fetch(`${root}api/device/${page.dataset.uid}/points?${query}`);
        if (answer.ok) return await answer.json();
        if (answer.status !== 503) return null;
      } catch {
        // The gateway is away for now.
      }
      await pause(AGAIN_MS);
    }
  }

  class Plot {
    constructor(figure, points) {
      this.figure = figure;
      this.said = figure.querySelector("[data-said]");
      this.step = Math.max(points.step, 1);
      this.columns = [points.time, points.mean, points.low, points.high];
      this.live = false; // the last point is of what came since
      this.chart = uwishChart.draw(figure.querySelector("[data-canvas]"), this.columns,
        points.kind, () => this.ends(), (index) => this.say(index));
      this.say(null);
    }

    ends() {
      const time = this.columns[0];
      const last = time.length ? time[time.length - 1] : uwish.now();
      if (stored) {
        const end = Math.max(uwish.now(), last);
        return [end - SECONDS[range], end];
      }
      return time.length ? [time[0], Math.max(last, time[0] + 1)] : [last - 60, last];
    }

    show(value) {
      if (this.figure.dataset.kind === "boolean") return value >= 0.5 ? "true" : "false";
      const unit = this.figure.dataset.showUnit;
      return uwishChart.number(value) + (unit ? `\u00a0${unit}` : "");
    }

    // The point under the cursor; else what it was in all that time.
    say(index) {
      const [time, mean, low, high] = this.columns;
      if (index !== null && mean[index] !== null && mean[index] !== undefined) {
        const between = low[index] < high[index] && this.figure.dataset.kind !== "boolean"
          ? ` (${this.show(low[index])} to ${this.show(high[index])})` : "";
        this.said.textContent =
          `${this.show(mean[index])}${between}, ${uwishChart.moment(time[index])}`;
        return;
      }
      const lows = low.filter((value) => value !== null);
      if (!lows.length) {
        this.said.textContent = "nothing in this time";
        return;
      }
      const least = lows.reduce((one, other) => Math.min(one, other));
      const most = high.reduce((one, other) => (other === null ? one : Math.max(one, other)), least);
      this.said.textContent = least === most
        ? this.show(least) : `${this.show(least)} to ${this.show(most)}`;
    }

    // A reading came: within a step it becomes part of the last point, as the server would have it.
    add(when, value) {
      const [time, mean, low, high] = this.columns;
      const last = time.length - 1;
      if (last >= 0 && when <= time[last]) return;
      if (this.live && when - this.began < this.step) {
        mean[last] = value;
        low[last] = Math.min(low[last], value);
        high[last] = Math.max(high[last], value);
        time[last] = when;
      } else {
        [when, value, value, value].forEach((item, i) => this.columns[i].push(item));
        this.live = true;
        this.began = when;
      }
      const oldest = stored ? when - SECONDS[range] : time[Math.max(0, time.length - 600)];
      const gone = time.findIndex((moment) => moment >= oldest);
      if (gone > 0) this.columns.forEach((column) => column.splice(0, gone));
      this.chart.setData(this.columns);
      if (this.chart.cursor.idx === null || this.chart.cursor.idx === undefined) this.say(null);
    }
  }

  document.addEventListener("uwish:device", (event) => {
    for (const reading of event.detail.readings) {
      const plot = plots.get(reading.name);
      if (!plot || reading.unit !== plot.figure.dataset.unit) continue;
      if (typeof reading.value === "number" || typeof reading.value === "boolean") {
        plot.add(reading.time, Number(reading.value));
      }
    }
  });

  (async () => {
    for (const figure of place.querySelectorAll(".plot")) {
      const points = await fetchPoints(figure);
      if (points) plots.set(figure.dataset.name, new Plot(figure, points));
      else figure.querySelector("[data-said]").textContent = "no answer";
    }
  })();
})();
