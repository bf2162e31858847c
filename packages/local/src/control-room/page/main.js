import { alertView } from "./alerts.js";
import { levelChart } from "./chart.js";
import { follow } from "./connection.js";
import { stackDiagram } from "./diagram.js";
import { byId, element, setText } from "./element.js";
import { levelTiles } from "./levels.js";
import { logView } from "./logs.js";
import { partsTable } from "./parts.js";

/** An hour, one a second. */
const POINTS_KEPT = 3_600;

/** What the page shows, made from the first snapshot. */
let page = null;
let parts = new Map();
let points = [];

follow({
  snapshot(snapshot) {
    const shape = JSON.stringify([snapshot.stack, snapshot.parts.map((part) => part.name), snapshot.levels]);
    // After a lost connection another stack may answer at the same address.
    if (page !== null && page.shape !== shape) return location.reload();
    page ??= build(snapshot, shape);
    parts = new Map(snapshot.parts.map((part) => [part.name, part]));
    points = snapshot.points;
    for (const part of parts.values()) page.showPart(part);
    page.showLevels();
    page.alerts.show(snapshot.alerts);
    page.logs.replace(snapshot.logs);
    byId("notes").replaceChildren(...snapshot.notes.map((note) => element("li", {}, note)));
    showHealth();
  },
  part(part) {
    parts.set(part.name, part);
    page?.showPart(part);
    showHealth();
  },
  level(point) {
    points = [...points, point].slice(-POINTS_KEPT);
    page?.showLevels();
  },
  alerts(report) {
    page?.alerts.show(report);
  },
  logs(lines) {
    page?.logs.add(lines);
  },
});

function build(snapshot, shape) {
  setText(byId("stack"), snapshot.stack);
  const hasLevels = snapshot.levels.length > 0;
  byId("levels").hidden = !hasLevels;
  byId("chart").hidden = !hasLevels;

  const table = partsTable(snapshot.parts);
  const tiles = hasLevels ? levelTiles(snapshot.levels) : null;
  const chart = hasLevels ? levelChart(snapshot.levels) : null;
  let diagram = null;
  stackDiagram().then(
    (drawn) => {
      diagram = drawn;
      for (const part of parts.values()) drawn.show(part);
    },
    (error) => setText(byId("diagram"), error.message),
  );
  const alerts = alertView();
  setInterval(() => {
    table.tick();
    alerts.tick();
  }, 1_000);

  return {
    shape,
    alerts,
    logs: logView(snapshot.parts.map((part) => part.name)),
    showPart(part) {
      table.show(part);
      diagram?.show(part);
    },
    showLevels() {
      tiles?.show(points);
      chart?.show(points);
    },
  };
}

function showHealth() {
  const all = [...parts.values()].filter((part) => part.standIn === null);
  const healthy = all.filter((part) => part.status === "healthy").length;
  const text = healthy === all.length ? `all ${all.length} parts healthy` : `${healthy} of ${all.length} parts healthy`;
  setText(byId("health"), text);
  document.title = `${byId("stack").textContent}: ${text}`;
}
