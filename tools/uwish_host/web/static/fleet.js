"use strict";
// The fleet's table, live.

(() => {
  const devices = () => document.getElementById("devices");
  const rows = new Map(); // uid: its row

  function find() {
    rows.clear();
    for (const row of devices().querySelectorAll("tr[data-uid]")) rows.set(row.dataset.uid, row);
  }

  function setReadings(list, device) {
    const shown = device.readings.map((reading) => `${reading.label}\n${reading.text}`).join("\n");
    if (list.dataset.key === shown) return;
    list.dataset.key = shown;
    const items = device.readings.map((reading) => {
      const item = uwish.make("li");
      item.append(uwish.make("span", "label", reading.label), " ",
        uwish.make("span", "value", reading.text));
      return item;
    });
    if (device.more) items.push(uwish.make("li", "more", `and ${device.more} more`));
    list.replaceChildren(...items);
  }

  function show(row, device) {
    row.className = device.online ? "on" : "off";
    uwish.setState(row, device);
    uwish.setText(uwish.field(row, "alias"), device.alias);
    uwish.setText(uwish.field(row, "app"), device.app);
    setReadings(uwish.field(row, "readings"), device);
    const drawn = device.readings.find((reading) => reading.spark);
    if (drawn) uwish.setSpark(row.querySelector(".trend"), drawn.spark);
    uwish.setTime(uwish.field(row, "last"), device.last);
    for (const name of ["rate", "full", "reconnects"]) {
      uwish.setText(uwish.field(row, name), device[name]);
    }
  }

  function changed(fields) {
    for (const element of document.querySelectorAll("[data-total]")) {
      uwish.setText(element, fields[element.dataset.total]);
    }
    document.title =
      `${fields.online} of ${fields.devices} online${document.title.replace(/^[^·]*?online/, "")}`;
    for (const device of fields.list) {
      const row = rows.get(device.uid);
      if (row) show(row, device);
    }
    // Others came, or another order: the server makes the table.
    if (fields.layout !== devices().dataset.layout) uwish.swap(find);
  }

  find();
  uwish.listen(devices().dataset.events, "fleet", changed);
})();
