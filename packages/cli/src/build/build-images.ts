import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { UserError, type UserProblem } from "@groundplan/local";
import type { CommandResult, CommandRunner } from "../docker/command-runner.js";
import { buildImage, inspectImage } from "../docker/docker-commands.js";
import { explainFailure } from "../docker/failures.js";
import { type Image, parseImage, sizeOverBase } from "../docker/image.js";
import { lastLines } from "../docker/last-lines.js";
import { explainPullFailure } from "../docker/pull-failures.js";
import type { Progress } from "../output/progress.js";
import { atMost } from "./at-most.js";
import { baseImage } from "./base-image.js";
import type { Buildable } from "./buildable.js";
import { parseBuildStep } from "./parse-build-step.js";

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

/** Builds the images of the services, as many at a time as this machine has cores. One that fails does not stop the others. */
export async function buildImages(
  services: readonly Buildable[],
  options: BuildOptions,
  { runner, progress }: { readonly runner: CommandRunner; readonly progress: Progress },
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
      const built = await build(service, options, { runner, progress });
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

async function prepare({ service, folder, prepare: command }: Buildable, runner: CommandRunner, progress: Progress): Promise<void> {
  const [program = "", ...args] = command ?? [];
  const shown = [program, ...args].join(" ");
  progress.step(service, "is prepared");
  const result = await runner.run({ program, args }, { folder });
  if (result.code === 0) return;
  throw new UserError({
    message: result.missing
      ? `${service}: what runs before its image is built cannot run: there is no program ${program}`
      : `${service}: what runs before its image is built failed (${shown}, ${ending(result)})`,
    detail: result.missing ? [] : lastLines(`${result.stdout}\n${result.stderr}`, LINES_SHOWN),
    fix: `fix what it says, or before in image: build(...) of ${service} in stack.ts`,
  });
}

async function build(
  { service, image, folder }: Buildable,
  { base, folder: shownFrom }: BuildOptions,
  { runner, progress }: { readonly runner: CommandRunner; readonly progress: Progress },
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
  readonly result: CommandResult;
}

function buildProblem(service: string, { step, from, lines, result }: FailedBuild): UserProblem {
  const at = step === null ? "before its first step" : `at ${step}`;
  const pulled = /^step \d+\/\d+: FROM (?:--\S+ )*(\S+)/.exec(step ?? "")?.[1];
  if (pulled !== undefined) {
    // Its variables are not filled in in what the builder prints.
    const image = pulled.includes("$") ? (from ?? pulled) : pulled;
    const { message, detail = [], fix } = explainPullFailure(result.stderr, image);
    return { message: `${service}: ${message}`, detail, fix: `${fix}; or build on another: --base IMAGE` };
  }
  const known = explainFailure(result.stderr, service);
  return {
    message: `${service}: its image cannot be built, ${at} (${ending(result)})`,
    detail: lastLines(lines.join("\n"), LINES_SHOWN),
    fix: known?.fix ?? "put right its Dockerfile, or what the Dockerfile copies and runs",
  };
}

function withoutHealthCheck({ service, image, folder }: Buildable, shownFrom: string): UserProblem {
  return {
    message: `${service}: others wait until it is healthy, and its image ${image} has no HEALTHCHECK`,
    fix: `write one into ${join(relative(shownFrom, folder), "Dockerfile")}, or health: { command } of ${service} in stack.ts`,
  };
}

async function inspect(image: string, runner: CommandRunner): Promise<Image | null> {
  const { code, stdout } = await runner.run(inspectImage(image), { quiet: true });
  return code === 0 ? parseImage(stdout) : null;
}

function ending({ code }: CommandResult): string {
  return code === null ? "it was killed" : `exit code ${code}`;
}
