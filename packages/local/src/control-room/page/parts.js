import { byId, element, setText } from "./element.js";
import { formatDuration } from "./format.js";

/** @typedef {{ name: string, kind: string, status: string, reason: string | null, pid: number | null, port: number | null, url: string | null,
 *   restarts: number, since: number, standIn: string | null, metricsUrl: string | null }} Part */

const RUNS = new Set(["starting", "healthy", "unhealthy"]);

/** What can be done to a part, when, and what the page says when it was done. */
const ACTIONS = [
  {
    path: "stop",
    title: "Ends it and leaves it ended",
    can: (part) => RUNS.has(part.status) || part.status === "restarting",
    done: "stopped",
  },
  {
    path: "kill",
    title: "Ends it at once, as a crash would; it comes back by itself",
    can: (part) => RUNS.has(part.status) && part.pid !== null,
    done: "killed; it comes back by itself",
  },
  {
    path: "restart",
    title: "Ends it if it runs, then starts it",
    can: (part) => part.status !== "waiting",
    done: "healthy again",
  },
];

/**
 * The table of parts. Rows are made once and then changed in place, so that focus stays where it is.
 *
 * @param {Part[]} parts in start order
 */
export function partsTable(parts) {
  const rows = new Map(parts.map((part) => [part.name, partRow(part)]));
  document.querySelector("#parts tbody")?.replaceChildren(...[...rows.values()].map((row) => row.element));
  for (const part of parts) rows.get(part.name)?.show(part);
  return {
    /** @param {Part} part */
    show(part) {
      rows.get(part.name)?.show(part);
    },
    tick() {
      for (const row of rows.values()) row.tick();
    },
  };
}

function partRow(first) {
  let part = first;
  const state = element("span", { class: "state" });
  const age = element("span", { class: "quiet" });
  const reason = element("span", { class: "reason" });
  const address = element("td", { "data-label": "Address" });
  const process = element("td", { class: "number", "data-label": "Process" });
  const restarts = element("td", { class: "number", "data-label": "Restarts" });
  const buttons = ACTIONS.map((action) => actionButton(part.name, action));
  const row = element(
    "tr",
    {},
    element("th", { scope: "row" }, part.name, " ", element("span", { class: "kind" }, part.kind)),
    element("td", { "data-label": "State" }, state, " ", age, " ", reason),
    address,
    process,
    restarts,
    element("td", { class: "actions" }, ...buttons.map((button) => button.element)),
  );

  function tick() {
    setText(age, part.standIn === null ? `for ${formatDuration(Date.now() - part.since)}` : "");
  }

  return {
    element: row,
    tick,
    show(next) {
      part = next;
      row.dataset.status = part.standIn === null ? part.status : "stand-in";
      setText(state, part.standIn === null ? part.status : `${part.standIn} stands in`);
      setText(reason, part.reason ?? "");
      const shown = addressOf(part);
      if (address.dataset.shown !== shown.key) {
        address.dataset.shown = shown.key;
        address.replaceChildren(...shown.nodes);
      }
      setText(process, part.pid === null ? "–" : String(part.pid));
      setText(restarts, String(part.restarts));
      for (const button of buttons) button.show(part);
      tick();
    },
  };
}

function addressOf(part) {
  const key = `${part.url} ${part.port} ${part.metricsUrl}`;
  const nodes = [];
  if (part.url !== null) nodes.push(element("a", { href: part.url, target: "_blank", rel: "noreferrer" }, part.url.replace("http://", "")));
  else nodes.push(part.port === null ? "–" : `127.0.0.1:${part.port}`);
  if (part.metricsUrl !== null) {
    const link = element("a", { href: part.metricsUrl, target: "_blank", rel: "noreferrer", class: "minor" }, "metrics");
    link.setAttribute("aria-label", `metrics of ${part.name}`);
    nodes.push(" ", link);
  }
  return { key, nodes };
}

function actionButton(name, action) {
  const button = /** @type {HTMLButtonElement} */ (element("button", { type: "button", title: action.title, class: action.path }));
  let part = null;
  let busy = false;

  function show(next) {
    part = next;
    const word = action.path === "restart" && part.status === "stopped" ? "start" : action.path;
    setText(button, word);
    button.setAttribute("aria-label", `${word} ${name}`);
    button.disabled = busy || part.standIn !== null || !action.can(part);
  }

  button.addEventListener("click", async () => {
    busy = true;
    const word = button.textContent;
    show(part);
    say(`${name}: ${word} …`, "plain");
    const outcome = await act(name, action.path);
    busy = false;
    show(part);
    if (outcome === null) say(`${name}: ${word === "start" ? "healthy" : action.done}.`, "good");
    else say(`${name}: ${word} failed. ${outcome}`, "bad");
  });
  return { element: button, show };
}

/** Takes an action. Answers why it failed, `null`: it is done. */
async function act(name, action) {
  try {
    const response = await fetch(`/api/parts/${name}/${action}`, { method: "POST", headers: { "x-groundplan": "1" } });
    return response.ok ? null : (await response.json()).error;
  } catch {
    return "The control room does not answer.";
  }
}

function say(text, tone) {
  const feedback = byId("feedback");
  feedback.dataset.tone = tone;
  feedback.textContent = text;
}
