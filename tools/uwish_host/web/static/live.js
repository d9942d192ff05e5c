"use strict";
// Keeps a page up to date: listens to the events its [data-events] names, and lets times grow old.
// What a device has said only ever becomes text (textContent), never markup.

const uwish = (() => {
  const AGAIN_MS = 5000; // after an answer that is no stream, which a browser does not try again
  const SWAP_MS = 2000; // between two looks at the whole page
  let run = null; // of the gateway: another one after its restart
  let ahead = 0; // seconds, of the gateway's clock to ours
  let swapping = null;
  let swapped = 0;

  const field = (parent, name) => parent.querySelector(`[data-field="${name}"]`);

  function setText(element, text) {
    if (element && element.textContent !== String(text)) element.textContent = text;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function duration(seconds) {
    seconds = Math.max(0, Math.floor(seconds));
    for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]]) {
      if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
    }
    return `${seconds} s`;
  }

  const now = () => Date.now() / 1000 + ahead;

  // A <time> that tells how long ago `seconds` (since 1970) was, and keeps telling.
  function ago(seconds, kind = "ago") {
    const element = make("time");
    const moment = new Date(seconds * 1000);
    if (!Number.isNaN(moment.getTime())) element.dateTime = moment.toISOString();
    element.title = moment.toLocaleString();
    element.dataset[kind] = "";
    element.dataset.at = seconds;
    tell(element);
    return element;
  }

  function tell(element) {
    const at = Number(element.dataset.at ?? Date.parse(element.dateTime) / 1000);
    if (Number.isNaN(at)) return;
    const age = now() - at;
    const text = duration(age);
    setText(element, "for" in element.dataset ? text : age < 5 ? "just now" : `${text} ago`);
  }

  const tellAll = () => document.querySelectorAll("time[data-ago], time[data-for]").forEach(tell);

  function setTime(cell, seconds) {
    if (!cell || seconds === null) return;
    const there = cell.querySelector("time");
    if (there && Number(there.dataset.at) === seconds) return;
    cell.replaceChildren(ago(seconds));
  }

  // Status and since when: both pages have them.
  function setState(parent, device) {
    const status = field(parent, "status");
    status.className = `status ${device.online ? "on" : "off"}`;
    setText(status.querySelector(".word"),
      device.online ? "online" : device.since ? "offline" : "not seen yet");
    const since = field(parent, "since");
    const key = `${device.since} ${device.reason}`;
    if (since.dataset.key === key) return;
    since.dataset.key = key;
    since.replaceChildren();
    if (device.since) {
      const lasting = make("span", "for", "for ");
      lasting.append(ago(device.since, "for"));
      since.append(lasting);
    }
    if (device.why) since.append(" ", make("span", "why", device.why));
  }

  function setSpark(cell, points) {
    const line = cell && cell.querySelector("polyline");
    if (line && line.getAttribute("points") !== points) line.setAttribute("points", points);
  }

  // Fetch this page again, and take from it what is marked data-swap; `done` is told afterwards.
  function swap(done) {
    if (swapping) return;
    const wait = Math.max(0, swapped + SWAP_MS - performance.now());
    swapping = setTimeout(async () => {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.ok) {
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
          for (const old of document.querySelectorAll("[data-swap]")) {
            const other = fresh.getElementById(old.id);
            if (other) old.replaceWith(document.adoptNode(other));
          }
          if (done) done();
        }
      } catch {
        // The gateway is away: the stream will say when it is back.
      } finally {
        swapped = performance.now();
        swapping = null;
        tellAll();
      }
    }, wait);
  }

  function say(state, word) {
    const live = document.getElementById("live");
    if (live.dataset.state === state) return;
    live.dataset.state = state;
    setText(live.querySelector(".word"), word);
  }

  // Call changed(fields, begins) for every event `name`; `begins` is true for the first one of a
  // stream, which tells everything.
  function listen(url, name, changed) {
    let source = null;
    let again = null;
    let begins = true;

    function open() {
      clearTimeout(again);
      begins = true;
      source = new EventSource(url);
      source.addEventListener(name, (event) => {
        const fields = JSON.parse(event.data);
        ahead = fields.now - Date.now() / 1000;
        say("live", "live");
        const restarted = run !== null && run !== fields.run;
        run = fields.run;
        changed(fields, begins, restarted);
        begins = false;
      });
      source.onerror = () => {
        begins = true;
        say("away", "no connection, trying again");
        if (source.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
      };
    }

    function close() {
      clearTimeout(again);
      if (source) source.close();
      source = null;
    }

    // A page that nobody looks at costs nothing.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) close();
      else if (!source) open();
    });
    if (!document.hidden) open();
  }

  tellAll();
  setInterval(tellAll, 1000);
  return { ago, field, listen, make, now, setSpark, setState, setText, setTime, swap };
})();
