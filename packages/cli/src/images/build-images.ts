import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { UserError, type UserProblem } from "@groundplan/model";
import { lastLines, type ProgramResult, type ProgramRunner, plain } from "@groundplan/programs";
import { json, STACK } from "../arguments/options.js";
import { command, texts } from "../command.js";
import { buildImage, inspectImage, needEngine } from "../docker/engine.js";
import { explainFailure } from "../docker/failures.js";
import { explainPullFailure } from "../docker/pull-failures.js";
import type { Progress } from "../output/progress.js";
import { renderTable } from "../output/tables.js";
import { withDocker } from "../programs/with-programs.js";
import { openPlan } from "../stack-file/open-plan.js";
import { type Buildable, buildables, requireFolders } from "./buildable.js";
import { BUILDING, howToBuild, TAG, wantedServices } from "./options.js";

export interface BuildOptions {
  /** What to use in place of the Dockerfiles' own base; `null`: theirs. */
  readonly base: string | null;
  /** Whether what the stack runs before a build (`before`) is run. */
  readonly prepare: boolean;
  /** Folder that the commands are run in, and that shown paths start from. */
  readonly folder: string;
}

export interface BuiltImage {
  readonly service: string;
  readonly image: string;
  readonly id: string;
  readonly sizeBytes: number;
  /** `null`: it cannot be told, since its base is not among the engine's images. */
  readonly overBaseBytes: number | null;
  readonly seconds: number;
}

export interface BuildOutcome {
  /** In the order of the services. */
  readonly images: readonly BuiltImage[];
  /** What went wrong with the others, and what is wrong with these. */
  readonly problems: readonly UserProblem[];
}

const LINES_SHOWN = 12;

/** `groundplan build`: resolves when every image was built, or has failed. */
export const build = command({
  summary: "Build the images of the stack's services with Docker",
  arguments: [],
  options: {
    ...STACK,
    service: texts("NAME", "only this service"),
    tag: TAG,
    ...BUILDING,
    ...json("print {stack, tag, images: [{service, image, id, sizeBytes, overBaseBytes, seconds}], problems}"),
  },
  examples: [
    { line: "build", says: "all images, as STACK/SERVICE:latest" },
    { line: "build --service vote --tag v2", says: "one of them, as a new version" },
    { line: "build --base node:22-bookworm-slim", says: "on another base image" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const { tag } = options;
    const opened = await openPlan(input);
    if (opened === null) return 1;
    const { plan, folder } = opened;

    const all = buildables(plan, folder, tag);
    if (all.length === 0) {
      throw new UserError({
        message: `${plan.stack} has no service that is built here`,
        fix: "run it as it is (groundplan compose up takes ready images), or give a service a folder with a Dockerfile (build in stack.ts)",
      });
    }
    const names = wantedServices(
      options.service,
      plan.stack,
      all.map(({ service }) => service),
      "service that is built",
    );
    const services = all.filter(({ service }) => names.includes(service));
    requireFolders(services, folder);

    return withDocker(input, {
      names,
      async run(docker) {
        await needEngine(docker.runner);
        const { images, problems } = await buildImages(services, { ...howToBuild(options), folder: input.folder }, docker);
        docker.progress.close();
        if (options.json) {
          terminal.out(
            JSON.stringify({ stack: plan.stack, tag, images, problems: problems.map(({ message, fix }) => ({ message, fix })) }, null, 2),
          );
        } else if (images.length > 0) terminal.out(renderImages(images));
        if (problems.length > 0) throw new UserError(problems);
        return 0;
      },
      async stopped(_, say) {
        say("stopped; unfinished images are as they were before");
        return 1;
      },
    });
  },
});

/** Builds the images of the services, as many at a time as this machine has cores. One that fails does not stop the others. */
export async function buildImages(
  services: readonly Buildable[],
  options: BuildOptions,
  { runner, progress }: { readonly runner: ProgramRunner; readonly progress: Progress },
): Promise<BuildOutcome> {
  // Services that share a folder share what makes it ready: two at a time would write the same files.
  const prepared = new Map<string, Promise<void>>();
  const prepareOnce = (service: Buildable) => {
    const key = JSON.stringify([service.folder, service.prepare]);
    const running = prepared.get(key) ?? prepare(service, runner, progress);
    prepared.set(key, running);
    return running;
  };

  const results = await atMost(availableParallelism(), services, async (service) => {
    try {
      if (options.prepare && service.prepare !== null) await prepareOnce(service);
      const built = await buildOne(service, options, { runner, progress });
      progress.end(service.service, `built ${built.image}`);
      return built;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      progress.end(service.service, "failed");
      return error;
    }
  });

  const images = results.filter((result) => !(result instanceof UserError)) as readonly (BuiltImage & { hasHealthCheck: boolean })[];
  const failed = new Map(
    results.flatMap((result) => (result instanceof UserError ? result.problems : [])).map((one) => [one.message, one]),
  );
  const unchecked = services.filter(
    ({ service, needsHealthCheck }) => needsHealthCheck && images.some((image) => image.service === service && !image.hasHealthCheck),
  );
  return {
    images: images.map(({ hasHealthCheck: _, ...image }) => image),
    problems: [...failed.values(), ...unchecked.map((service) => withoutHealthCheck(service, options.folder))],
  };
}

async function prepare({ service, folder, prepare: command }: Buildable, runner: ProgramRunner, progress: Progress): Promise<void> {
  const [program = "", ...args] = command ?? [];
  const shown = [program, ...args].join(" ");
  progress.step(service, "runs its prepare");
  const result = await runner.run({ program, args }, { folder });
  if (result.code === 0) return;
  throw new UserError({
    message: result.missing
      ? `${service}: what runs before its image is built can't run: ${program} isn't installed`
      : `${service}: what runs before its image is built failed (${shown}, ${ending(result)})`,
    detail: result.missing ? [] : lastLines(`${result.stdout}\n${result.stderr}`, LINES_SHOWN),
    fix: `fix the error above, or before in image: build(...) of ${service} in stack.ts`,
  });
}

async function buildOne(
  { service, image, folder }: Buildable,
  { base, folder: shownFrom }: BuildOptions,
  { runner, progress }: { readonly runner: ProgramRunner; readonly progress: Progress },
): Promise<BuiltImage & { readonly hasHealthCheck: boolean }> {
  const startedAt = Date.now();
  progress.step(service, "sends its files");
  let step: string | null = null;
  const lines: string[] = [];
  const context = relative(shownFrom, folder) || ".";
  const from = baseImage(readFileSync(join(folder, "Dockerfile"), "utf8"), base);
  const result = await runner.run(buildImage({ image, context, base }), {
    folder: shownFrom,
    onLine(line) {
      lines.push(line);
      const begun = parseBuildStep(line);
      if (begun === null) return;
      step = begun;
      progress.step(service, begun);
    },
  });
  if (result.code !== 0) throw new UserError(buildProblem(service, { step, from, lines, result }));

  const made = await inspect(image, runner);
  if (made === null) throw new Error(`docker build made ${image}, and docker image inspect does not find it`);
  const fromImage = from === null ? null : await inspect(from, runner);
  return {
    service,
    image,
    id: made.id,
    sizeBytes: made.sizeBytes,
    overBaseBytes: fromImage === null ? null : sizeOverBase(made, fromImage),
    seconds: (Date.now() - startedAt) / 1_000,
    hasHealthCheck: made.hasHealthCheck,
  };
}

interface FailedBuild {
  /** The last that was begun; `null`: none was. */
  readonly step: string | null;
  /** The image that the Dockerfile starts from, as far as it can be told. */
  readonly from: string | null;
  readonly lines: readonly string[];
  readonly result: ProgramResult;
}

function buildProblem(service: string, { step, from, lines, result }: FailedBuild): UserProblem {
  const at = step === null ? "before its first step" : `at ${step}`;
  const pulled = /^step \d+\/\d+: FROM (?:--\S+ )*(\S+)/.exec(step ?? "")?.[1];
  if (pulled !== undefined) {
    // Its variables are not filled in in what the builder prints.
    const image = pulled.includes("$") ? (from ?? pulled) : pulled;
    const { message, detail = [], fix } = explainPullFailure(result.stderr, image);
    return { message: `${service}: ${message}`, detail, fix: `${fix}; or build on another image: --base IMAGE` };
  }
  const known = explainFailure(result.stderr, service);
  return {
    message: `${service}: its image can't be built, ${at} (${ending(result)})`,
    detail: lastLines(lines.join("\n"), LINES_SHOWN),
    fix: known?.fix ?? "fix its Dockerfile, or what the Dockerfile copies and runs",
  };
}

function withoutHealthCheck({ service, image, folder }: Buildable, shownFrom: string): UserProblem {
  return {
    message: `${service}: others wait until it is healthy, and its image ${image} has no HEALTHCHECK`,
    fix: `write one into ${join(relative(shownFrom, folder), "Dockerfile")}, or health: { command } of ${service} in stack.ts`,
  };
}

async function inspect(image: string, runner: ProgramRunner): Promise<Image | null> {
  const { code, stdout } = await runner.run(inspectImage(image), { quiet: true });
  return code === 0 ? parseImage(stdout) : null;
}

function ending({ code }: ProgramResult): string {
  return code === null ? "it was killed" : `exit code ${code}`;
}

/**
 * The image that the last stage of a Dockerfile starts from, its build arguments filled in; `null`: from nothing ("scratch"), or
 * that cannot be told.
 *
 * @param base What is given as `BASE`; `null`: the default of the Dockerfile counts.
 */
export function baseImage(dockerfile: string, base: string | null): string | null {
  const args = new Map<string, string>();
  const stages = new Map<string, string>();
  let last: string | null = null;
  for (const line of dockerfile.split("\n")) {
    const arg = /^\s*ARG\s+(\w+)(?:=(\S+))?/i.exec(line);
    if (arg !== null && last === null) args.set(arg[1] ?? "", unquoted(arg[2] ?? ""));
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (from === null) continue;
    if (base !== null && args.has("BASE")) args.set("BASE", base);
    const image = filled(unquoted(from[1] ?? ""), args);
    last = stages.get(image) ?? image;
    if (from[2] !== undefined) stages.set(from[2], last);
  }
  return last === null || last === "" || last === "scratch" || last.includes("$") ? null : last;
}

function filled(text: string, args: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (whole, braced, fallback, bare) => args.get(braced ?? bare) || fallback || whole,
  );
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}

/**
 * The step that a line of `docker build` begins, in the words of the Dockerfile; `null`: it begins none.
 *
 * @example
 * parseBuildStep("Step 3/5 : COPY a.txt /a.txt")   // "step 3/5: COPY a.txt /a.txt", as the legacy builder prints
 * parseBuildStep("#7 [3/5] COPY a.txt /a.txt")     // the same, as BuildKit prints
 */
export function parseBuildStep(line: string): string | null {
  const match = /^Step (\d+\/\d+) : (.+)$/.exec(plain(line)) ?? /^#\d+ \[(?:[\w.-]+ )?(\d+\/\d+)\] (.+)$/.exec(plain(line));
  return match === null ? null : `step ${match[1]}: ${match[2]}`;
}

/** Does the work for every item, at most `limit` at a time. The results are in the order of the items. */
export async function atMost<T, R>(limit: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** What matters of an image, out of `docker image inspect`. */
export interface Image {
  readonly id: string;
  readonly sizeBytes: number;
  readonly layers: readonly string[];
  readonly hasHealthCheck: boolean;
}

interface Inspected {
  readonly Id: string;
  readonly Size: number;
  readonly RootFS: { readonly Layers?: readonly string[] | null };
  readonly Config: { readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null };
}

/** Reads what `docker image inspect` prints for one image. */
function parseImage(json: string): Image {
  const [found]: readonly Inspected[] = JSON.parse(json);
  if (found === undefined) throw new Error("docker image inspect printed no image");
  const test = found.Config.Healthcheck?.Test ?? [];
  return {
    id: found.Id,
    sizeBytes: found.Size,
    layers: found.RootFS.Layers ?? [],
    hasHealthCheck: test.length > 0 && test[0] !== "NONE",
  };
}

/** How many bytes an image adds to the one it starts from; `null`: it does not start from that one. */
function sizeOverBase(image: Image, base: Image): number | null {
  const isOnTop = base.layers.every((layer, index) => image.layers[index] === layer);
  return isOnTop ? image.sizeBytes - base.sizeBytes : null;
}

/** What was built, as a table. */
export function renderImages(images: readonly BuiltImage[]): string {
  return renderTable(
    ["image", "size", "over its base", "seconds"],
    images.map(({ image, sizeBytes, overBaseBytes, seconds }) => [
      image,
      sizeText(sizeBytes),
      overBaseBytes === null ? "unknown" : sizeText(overBaseBytes),
      seconds.toFixed(1),
    ]),
  );
}

/** As Docker shows sizes: a MB has 10^6 bytes. */
function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
