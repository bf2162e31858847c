import { levelChart, rateAt } from "./chart.js";
import { byId, element, setText } from "./element.js";
import { formatCount, formatDuration } from "./format.js";
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

/** The stack's diagram, its boxes coloured by the state of their parts. */
async function stackDiagram() {
  const response = await fetch("/diagram.svg");
  if (!response.ok) throw new Error(`the diagram could not be drawn: status ${response.status}`);
  // The page's policy refuses inline styles, even while they are parsed; the same style is loaded as /diagram.css.
  const text = (await response.text()).replace(/<style>.*?<\/style>/s, "");
  const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  byId("diagram").replaceChildren(document.importNode(drawn, true));

  return {
    /** @param {{ name: string, status: string, standIn: string | null }} part */
    show(part) {
      const box = document.getElementById(`part-${part.name}`);
      if (box !== null) box.dataset.status = part.standIn === null ? part.status : "stand-in";
    },
  };
}

/** @typedef {{ name: string, state: "pending" | "firing", severity: string | null, summary: string, description: string,
 *   labels: string[], since: number, runbook: string | null }} ActiveAlert */
/** @typedef {{ watched: boolean, prometheusUrl: string | null, alerts: ActiveAlert[], missing: string | null }} AlertsReport */

/** What Prometheus warns of. A stack that runs without monitoring has no such section. */
function alertView() {
  const section = byId("alerts");
  /** Ages, to be told again each second. */
  let ages = [];

  return {
    /** @param {AlertsReport} report */
    show(report) {
      section.hidden = !report.watched;
      const link = byId("prometheus");
      link.hidden = report.prometheusUrl === null;
      if (report.prometheusUrl !== null) link.href = `${report.prometheusUrl}/alerts`;
      setText(byId("alerts-note"), report.missing ?? (report.alerts.length === 0 ? "None is active." : ""));
      ages = [];
      byId("alert-list").replaceChildren(...report.alerts.map(alertItem));
      this.tick();
    },
    tick() {
      for (const { shown, since } of ages) setText(shown, `for ${formatDuration(Date.now() - since)}`);
    },
  };

  /** @param {ActiveAlert} alert */
  function alertItem(alert) {
    const age = element("span", { class: "quiet" });
    ages.push({ shown: age, since: alert.since });
    const item = element(
      "li",
      { class: "alert", "data-state": alert.state },
      element("span", { class: "state" }, alert.state),
      " ",
      element("strong", {}, alert.summary),
      " ",
      age,
      element("p", { class: "note" }, [alert.name, alert.severity, ...alert.labels].filter(Boolean).join(" · ")),
    );
    if (alert.description !== "") item.append(element("p", {}, alert.description));
    if (alert.runbook !== null) item.append(element("p", { class: "note" }, "What to do: ", runbook(alert.runbook)));
    return item;
  }
}

function runbook(text) {
  return /^https?:/.test(text) ? element("a", { href: text, target: "_blank", rel: "noreferrer" }, text) : text;
}

/**
 * Follows the stack. The browser connects again by itself whenever the connection is lost; each connection begins with a
 * snapshot, so nothing is missed.
 *
 * @param {{ snapshot(data: any): void, part(data: any): void, logs(data: any): void, level(data: any): void, alerts(data: any): void }} listeners
 */
function follow(listeners) {
  const shown = byId("connection");
  const show = (state, text) => {
    if (shown.dataset.state === state) return;
    shown.dataset.state = state;
    shown.textContent = text;
    document.body.classList.toggle("stale", state === "lost");
  };

  const source = new EventSource("/api/events");
  for (const [event, listener] of Object.entries(listeners)) {
    source.addEventListener(event, (message) => listener(JSON.parse(message.data)));
  }
  source.addEventListener("open", () => show("live", "live"));
  source.addEventListener("error", () => {
    show("lost", "disconnected, trying again");
    // Only a refusal closes it for good, for example while another program has the port.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3_000);
  });
}

/**
 * The big numbers: one tile a level, and how far the last is behind the first.
 *
 * @param {{ name: string, service: string }[]} levels
 */
function levelTiles(levels) {
  const tiles = levels.map((level, index) => tile(level.name, `level-${index}`));
  const lag = tile("lag", "lag");
  byId("tiles").replaceChildren(...tiles.map((made) => made.item), lag.item);

  return {
    /** @param {import("./chart.js").LevelPoint[]} points */
    show(points) {
      const newest = points.at(-1);
      if (newest === undefined) return;
      tiles.forEach((made, index) => {
        const total = newest.totals[index];
        setText(made.total, total === null ? "–" : formatCount(total));
        setText(made.rate, total === null ? "" : `${formatCount(rateAt(points, points.length - 1, index) ?? 0)}/s`);
        const note = noteOf(levels, points, index);
        setText(made.note, note.text);
        made.item.dataset.tone = note.tone;
      });
      const first = newest.totals[0];
      const last = newest.totals[levels.length - 1];
      const behind = first === null || last === null ? null : Math.max(0, first - last);
      const isOld = newest.missing.some((reason) => reason !== null);
      setText(lag.total, behind === null ? "–" : formatCount(behind));
      setText(lag.note, lagNote(behind, isOld, levels.at(-1)?.name));
      lag.item.dataset.tone = behind === 0 && !isOld ? "good" : "plain";
    },
  };
}

function tile(name, kind) {
  const total = element("strong", { class: "total" }, "–");
  const rate = element("span", { class: "rate" });
  const note = element("p", { class: "note" });
  const item = element("li", { class: `tile ${kind}` }, element("p", { class: "name" }, name), element("p", {}, total, " ", rate), note);
  return { item, total, rate, note };
}

function lagNote(behind, isOld, lastLevel) {
  if (behind === null) return "";
  if (isOld) return "as last seen";
  return behind === 0 ? "everything has arrived" : `not ${lastLevel} yet`;
}

/** How a level stands to the one before it. */
function noteOf(levels, points, index) {
  const newest = points.at(-1);
  const missing = newest.missing[index];
  if (missing !== null) return { text: missing, tone: "bad" };
  if (index === 0) return { text: `counted by ${levels[0].service}`, tone: "plain" };
  const before = newest.totals[index - 1];
  const total = newest.totals[index];
  if (before === null || total === null) return { text: "waits for the other levels", tone: "plain" };

  const name = levels[index - 1].name;
  if (before > total) return { text: `${formatCount(before - total)} behind ${name}`, tone: "plain" };
  // While counters move, a few more only tell that one was read a moment later than the other.
  const moving = levels.some((_, level) => (rateAt(points, points.length - 1, level) ?? 0) > 0);
  if (total > before && !moving) return { text: `${formatCount(total - before)} more than ${name}`, tone: "bad" };
  return { text: `in step with ${name}`, tone: "good" };
}
