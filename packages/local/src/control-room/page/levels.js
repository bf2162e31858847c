import { byId, element, setText } from "./element.js";
import { formatCount } from "./format.js";
import { rateAt } from "./series.js";

/**
 * The big numbers: one tile a level, and how far the last is behind the first.
 *
 * @param {{ name: string, service: string }[]} levels
 */
export function levelTiles(levels) {
  const tiles = levels.map((level, index) => tile(level.name, `level-${index}`));
  const lag = tile("lag", "lag");
  byId("tiles").replaceChildren(...tiles.map((made) => made.item), lag.item);

  return {
    /** @param {import("./series.js").LevelPoint[]} points */
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
