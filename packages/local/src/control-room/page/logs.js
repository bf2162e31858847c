import { byId, element, setText } from "./element.js";
import { formatClock, formatCount } from "./format.js";

const MAX_LINES = 2_000;

/** @typedef {{ level: "debug" | "info" | "warn" | "error", message: string, details: string }} ReadLine */

/** What every pino line has and no reader misses. */
const LEFT_OUT = new Set(["level", "time", "pid", "hostname", "name", "msg", "v"]);

/** A terminal's colours, which mean nothing here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is one that is looked for
const COLORS = /\u001b\[[0-9;]*m/g;

/**
 * The log: the newest lines of all parts, narrowed by text and by part. It follows the end until one scrolls up or pauses it.
 *
 * @param {string[]} names of the parts
 */
export function logView(names) {
  const list = byId("log");
  const filter = /** @type {HTMLInputElement} */ (byId("filter"));
  const pause = byId("pause");
  const newest = byId("newest");
  const sources = [...names, "groundplan"];
  const hidden = new Set();
  /** Every line kept, also those that the filter hides. */
  let lines = [];
  /** Lines that wait to be drawn: with the next frame, or when the pause ends. */
  let waiting = [];
  let paused = false;
  let following = true;
  let frame = 0;

  const chips = sources.map((name, index) => {
    const box = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox" }));
    box.checked = true;
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(name);
      else hidden.add(name);
      redraw();
    });
    return element("label", { class: `chip hue-${index % 8}` }, box, element("span", {}, name));
  });
  const legend = document.querySelector(".chips legend");
  document.querySelector(".chips")?.replaceChildren(...(legend === null ? [] : [legend]), ...chips);

  const wanted = (line) => !hidden.has(line.from) && `${line.from} ${line.text}`.toLowerCase().includes(filter.value.trim().toLowerCase());

  function row(line) {
    const { level, message, details } = readLogLine(line.text);
    const text = element("span", { class: "text" });
    if (level === "warn" || level === "error") text.append(element("b", {}, level), " ");
    text.append(message);
    if (details !== "") text.append(" ", element("span", { class: "details" }, details));
    return element(
      "div",
      { class: `line ${level} hue-${Math.max(0, sources.indexOf(line.from)) % 8}` },
      element("span", { class: "time" }, formatClock(line.time)),
      element("span", { class: "from" }, line.from),
      text,
    );
  }

  function append(added) {
    const fragment = document.createDocumentFragment();
    for (const line of added.filter(wanted)) fragment.append(row(line));
    list.append(fragment);
    while (list.childElementCount > MAX_LINES) list.firstElementChild?.remove();
    settle();
  }

  function redraw() {
    list.replaceChildren();
    append(lines);
  }

  /** What belongs to every change: the place of the scroll bar and the count. */
  function settle() {
    if (following) list.scrollTop = list.scrollHeight;
    newest.hidden = following || paused;
    const shown = list.childElementCount;
    const count = shown === lines.length ? `${formatCount(shown)} lines` : `${formatCount(shown)} of ${formatCount(lines.length)} lines`;
    setText(byId("log-count"), paused && waiting.length > 0 ? `${count}, ${formatCount(waiting.length)} new` : count);
  }

  function drawWaiting() {
    frame = 0;
    if (paused) return settle();
    const added = waiting;
    waiting = [];
    lines = [...lines, ...added].slice(-MAX_LINES);
    append(added);
  }

  filter.addEventListener("input", redraw);
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    setText(pause, paused ? "Go on" : "Pause");
    drawWaiting();
  });
  newest.addEventListener("click", () => {
    following = true;
    settle();
    list.focus();
  });
  list.addEventListener("scroll", () => {
    following = list.scrollHeight - list.scrollTop - list.clientHeight < 24;
    newest.hidden = following || paused;
  });

  return {
    /** Starts over with these lines. */
    replace(all) {
      lines = all.slice(-MAX_LINES);
      waiting = [];
      redraw();
    },
    add(added) {
      waiting = [...waiting, ...added].slice(-MAX_LINES);
      if (frame === 0) frame = requestAnimationFrame(drawWaiting);
    },
  };
}

/**
 * A printed line as a person reads it. A line of JSON as pino writes it becomes its message and the rest as `name=value`;
 * any other line stays as it is.
 *
 * @param {string} text
 * @returns {ReadLine}
 */
export function readLogLine(text) {
  const entry = parsed(text);
  if (entry === null) return { level: "info", message: text.replace(COLORS, ""), details: "" };
  const details = Object.entries(entry)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => `${name}=${valueText(value)}`);
  return { level: levelOf(entry.level), message: typeof entry.msg === "string" ? entry.msg : "", details: details.join(" ") };
}

function parsed(text) {
  if (!text.startsWith("{")) return null;
  try {
    const value = JSON.parse(text);
    return typeof value.level === "number" ? value : null;
  } catch {
    // It only looked like JSON: shown as it is.
    return null;
  }
}

/** pino's numbers: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function levelOf(level) {
  if (level >= 50) return "error";
  if (level >= 40) return "warn";
  return level >= 30 ? "info" : "debug";
}

function valueText(value) {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && typeof value.message === "string") return value.stack ?? value.message;
  return JSON.stringify(value);
}
