"use strict";
// One device's page, live. What comes from storage is fetched again when there is news.

(() => {
  const STORED_MS = 5000; // between two looks at frames and presence
  const WRITTEN_MS = 1000; // until storage has written what just came
  const page = document.querySelector(".device");
  let before = null;
  let looked = performance.now();
  let looking = null;

  function lookAgain(soon) {
    if (looking && !soon) return;
    clearTimeout(looking);
    const wait = soon ? WRITTEN_MS : Math.max(WRITTEN_MS, looked + STORED_MS - performance.now());
    looking = setTimeout(() => {
      looking = null;
      looked = performance.now();
      uwish.swap();
    }, wait);
  }

  function showReadings(device) {
    const table = document.getElementById("readings");
    const rows = [...table.querySelectorAll("tr[data-name]")];
    const same = rows.length === device.readings.length
      && rows.every((row, i) => row.dataset.name === device.readings[i].name);
    if (!same) {
      lookAgain(true);
      return;
    }
    rows.forEach((row, i) => {
      const reading = device.readings[i];
      uwish.setText(uwish.field(row, "text"), reading.text);
      uwish.setSpark(row, reading.spark);
      uwish.setTime(uwish.field(row, "time"), reading.time);
    });
  }

  function changed(device, begins, restarted) {
    uwish.setState(page, device);
    uwish.setText(uwish.field(page, "alias"), device.alias);
    uwish.setTime(uwish.field(page, "last"), device.last);
    for (const name of ["frames", "rate", "full", "reconnects"]) {
      uwish.setText(uwish.field(page, name), device[name]);
    }
    showReadings(device);
    if (restarted || (before && before.online !== device.online)) lookAgain(true);
    else if (!before || before.frames !== device.frames) lookAgain(false);
    before = device;
    document.dispatchEvent(new CustomEvent("uwish:device", { detail: device }));
  }

  uwish.listen(page.dataset.events, "device", changed);
})();
