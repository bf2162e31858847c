import type { Problem } from "../problem.js";
import { constantOf, isPlainObject, spell } from "../show.js";
import { build } from "./image.js";
import type { Place } from "./shape.js";

/**
 * How stack files said things before. Each old word is a problem whose fix is the new spelling, and is then read as it was meant, so
 * that nothing follows from it.
 */

type Options = Readonly<Record<string, unknown>>;

/** The options of a service in today's words. */
export function inNewWords(options: unknown, place: Place): unknown {
  if (!isPlainObject(options)) return options;
  const { build: folder, prepare, command, dev, watch, healthCommand, ...rest } = options;
  const say = (key: string, message: string, option: string, value: unknown, more = "") =>
    place.reading.report(retired(`${place.at}.${key}`, message, `${key}: ${spell(options[key])}`, `${option}: ${spell(value)}`, more));
  const image = folder === undefined ? rest.image : new Spelled(buildText(folder, prepare));
  const imported = ', with build imported from "groundplan"';

  if (folder !== undefined) say("build", "an image that is built here is a value of image now", "image", image, imported);
  if (prepare !== undefined)
    say("prepare", "what runs before an image is built is an option of build(...) now", "image", imageWith(options), imported);
  if (command !== undefined) {
    say(
      "command",
      "there is no option command: a container runs what its image says, and what runs without one is local",
      "local",
      command,
    );
  }
  const newWatch = watched(dev, watch);
  if (dev !== undefined) say("dev", "what runs under --watch is watch.run now", "watch", newWatch);
  if (Array.isArray(watch)) say("watch", "the folders that are watched are watch.also now", "watch", newWatch);
  const newHealth = asked(rest.health, healthCommand);
  if (healthCommand !== undefined)
    say("healthCommand", "what asks for health inside the container is health.command now", "health", newHealth);

  return {
    ...rest,
    ...(folder === undefined ? {} : { image: build(folder as string, prepare === undefined ? undefined : { before: prepare as string }) }),
    ...(command === undefined ? {} : { local: rest.local ?? command }),
    ...(newWatch === undefined ? {} : { watch: newWatch }),
    ...(newHealth === undefined ? {} : { health: newHealth }),
  };
}

/** Text that `spell` leaves as it is. */
class Spelled {
  readonly kind = "source";
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function buildText(folder: unknown, prepare: unknown): string {
  return prepare === undefined ? `build(${spell(folder)})` : `build(${spell(folder)}, ${spell({ before: prepare })})`;
}

/** The image that `prepare` belongs to: where none is built, a folder that the author has to name. */
function imageWith({ build: folder, prepare }: Options): Spelled {
  return new Spelled(buildText(folder ?? "./FOLDER", prepare));
}

function watched(dev: unknown, watch: unknown): unknown {
  if (dev === undefined) return Array.isArray(watch) ? { also: watch } : watch;
  return Array.isArray(watch) ? { run: dev, also: watch } : { run: dev, ...(isPlainObject(watch) ? watch : {}) };
}

function asked(health: unknown, command: unknown): unknown {
  if (command === undefined) return health;
  if (typeof health === "string") return { ready: health, command };
  return { ...(isPlainObject(health) ? health : {}), command };
}

/** `s.pageOf(vote)` in `env`. */
export function pageOfProblem(service: unknown): Problem {
  const name = isPlainObject(service) && typeof service.name === "string" ? service.name : service;
  const constant = typeof name === "string" ? constantOf(name) : "vote";
  const page = `${constant}.page`;
  const later = `where ${constant} is declared further down, write web.env({ ${constant.toUpperCase()}_PAGE: ${page} }) below it`;
  return retired("pageOf", "a public service has its page itself now", `s.pageOf(${spell(service)})`, page, `; ${later}`);
}

interface OldMetric {
  readonly at?: unknown;
  readonly metric?: unknown;
  readonly shared?: unknown;
}

/** `s.pipeline([...], { ... })`, with a list of levels. */
export function pipelineProblem(levels: readonly unknown[], more: unknown): Problem {
  const { lag, latencies, errors } = (isPlainObject(more) ? more : {}) as Options;
  const named = (items: unknown, key: string): Spelled | undefined => {
    if (!Array.isArray(items)) return undefined;
    const entries = items.map((item: Options) => [String(item?.[key] ?? key), metricText((item ?? {}) as OldMetric)] as const);
    return new Spelled(spell(Object.fromEntries(entries)));
  };
  const newLag = isPlainObject(lag) ? { metric: metricText(lag), drainedBy: handleText(lag.drainedBy) } : undefined;
  const options = { levels: named(levels, "level"), lag: newLag, latency: named(latencies, "latency"), errors: named(errors, "error") };
  const message = "the levels of a pipeline are named in braces now, each a metric of a service";
  return retired("pipeline", message, "s.pipeline([...])", `s.pipeline(${spell(options)})`);
}

function metricText({ at, metric, shared }: OldMetric): Spelled {
  const copies = shared === true ? ', { copies: "agree" }' : "";
  return new Spelled(`${handleText(at).name}.metric(${spell(metric)}${copies})`);
}

function handleText(service: unknown): Spelled {
  const name = typeof service === "object" && service !== null && "name" in service ? service.name : service;
  return new Spelled(constantOf(typeof name === "string" ? name : "service"));
}

function retired(at: string, message: string, found: string, now: string, more = ""): Problem {
  return { at, code: "OPTION_UNKNOWN", message, found, allowed: now, fix: `write ${now}${more}` };
}
