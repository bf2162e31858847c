import { parseDuration, parseWords, UsageError, wholeNumber } from "@voting/proof";
import { nearest } from "groundplan/plan";
import { type Load, MOST_PARALLEL, MOST_VOTES, PRESETS } from "./load.js";
import { PLACE_OPTIONS, type Places, parsePlaces } from "./places.js";
import { DEFAULT_SPLIT, parseSplit, type Split } from "./split.js";

export interface StressWords {
  readonly load: Load;
  readonly places: Places;
  readonly json: boolean;
  /** File to write the report to; `null`: none. */
  readonly report: string | null;
}

const HIGHEST_RATE = 100_000;

/**
 * What the words after `npm run stress --` ask for.
 *
 * @throws UsageError with everything that is wrong with them.
 */
export function parseStressWords(words: readonly string[]): StressWords {
  const specs = { ...PLACE_OPTIONS, rate: "R", for: "60s", split: "60/40", report: "FILE", json: null };
  const { positionals, values, problems } = parseWords(words, specs);
  const { places, problems: wrongPlaces } = parsePlaces(values);
  problems.push(...wrongPlaces);

  const splitText = values.get("split");
  const split = splitText === undefined ? DEFAULT_SPLIT : parseSplit(splitText);
  if (split === null) problems.push(`--split is written 60/40: shares of the poll's first options, not "${splitText}"`);

  const isOpen = values.has("rate") || values.has("for");
  const load = isOpen
    ? openLoad(positionals, values, split ?? DEFAULT_SPLIT, problems)
    : closedLoad(positionals, split ?? DEFAULT_SPLIT, problems);
  if (load === null || problems.length > 0) throw new UsageError(problems);
  return { load, places, json: values.has("json"), report: values.get("report") ?? null };
}

function closedLoad(positionals: readonly string[], split: Split, problems: string[]): Load | null {
  const [first, second, surplus] = positionals;
  if (surplus !== undefined) problems.push(`"${surplus}" is one word too many`);
  if (first !== undefined && !/^[-\d]/.test(first)) {
    const preset = Object.hasOwn(PRESETS, first) ? PRESETS[first] : undefined;
    if (preset !== undefined && second === undefined) return { kind: "closed", ...preset, split };
    const names = Object.keys(PRESETS);
    const meant = nearest(first, names);
    problems.push(
      preset !== undefined
        ? `${first} says how many votes and how many at a time; "${second}" is one word too many`
        : `"${first}" is neither a number of votes nor one of ${names.join(", ")}${meant === null ? "" : `; did you mean ${meant}?`}`,
    );
    return null;
  }
  if (first === undefined || second === undefined) {
    problems.push("give the number of votes and how many at a time, for example: npm run stress -- 1000 40");
    return null;
  }
  const votes = wholeNumber("VOTES", first, { min: 1, max: MOST_VOTES }, problems);
  const parallel = wholeNumber("PARALLEL", second, { min: 1, max: MOST_PARALLEL }, problems);
  return { kind: "closed", votes, parallel, split };
}

function openLoad(positionals: readonly string[], values: ReadonlyMap<string, string>, split: Split, problems: string[]): Load | null {
  const rateText = values.get("rate");
  const forText = values.get("for");
  if (positionals.length > 0) problems.push(`--rate and --for say how many votes there are; "${positionals.join(" ")}" is too much`);
  if (rateText === undefined) problems.push("--for needs --rate: how many votes a second, for example --rate 200");
  if (forText === undefined) problems.push("--rate needs --for: how long, for example --for 60s");
  if (rateText === undefined || forText === undefined) return null;

  const votesPerSecond = /^\d+(\.\d+)?$/.test(rateText) ? Number(rateText) : 0;
  if (votesPerSecond <= 0 || votesPerSecond > HIGHEST_RATE) {
    problems.push(`--rate must be more than 0 and at most ${HIGHEST_RATE.toLocaleString("en")} votes a second, found "${rateText}"`);
  }
  const durationMs = parseDuration(forText, ["ms", "s", "m"]);
  if (durationMs === null) problems.push(`--for is a time like 500ms, 60s or 2m, found "${forText}"`);
  const votes = Math.round((votesPerSecond * (durationMs ?? 0)) / 1_000);
  if (problems.length === 0 && (votes < 1 || votes > MOST_VOTES)) {
    problems.push(`--rate ${rateText} --for ${forText} makes ${votes} votes; it must be 1 to ${MOST_VOTES.toLocaleString("en")}`);
  }
  return { kind: "open", votes, votesPerSecond, durationMs: durationMs ?? 0, split };
}
