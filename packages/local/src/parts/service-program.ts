import { statSync } from "node:fs";
import { join } from "node:path";
import { buildOf, type PlannedComponent, UserError, type UserProblem } from "@groundplan/model";
import type { Launch } from "@groundplan/programs";
import { httpHealth } from "../health/http-health.js";
import { findProgram } from "../processes/find-program.js";
import { inheritedEnv } from "../processes/inherited-env.js";
import type { Program } from "./program.js";

/** A service without a port counts as healthy when it has run that long: long enough to fail on its first lines, on a busy machine too. */
const SETTLED_MS = 1_000;

export interface ServiceOptions {
  readonly component: PlannedComponent;
  readonly stackFolder: string;
  /** Where it listens on this machine. */
  readonly port: number | null;
  /** The plan's variables with addresses and secrets filled in. */
  readonly env: Readonly<Record<string, string>>;
  /** Run what `watch` says, if it says something. */
  readonly watch: boolean;
}

/** A program of the stack's author. */
export class ServiceProgram implements Program {
  readonly stopSignal = "SIGTERM";
  readonly mayStartSlowly = false;
  readonly stopLimitMs: number | null;
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    const { source } = options.component;
    this.#options = options;
    this.stopLimitMs = source.kind === "service" && source.stopSeconds !== null ? source.stopSeconds * 1_000 : null;
  }

  /** All that keeps it from being launched; checked for every service before anything starts. */
  problems(): readonly UserProblem[] {
    const plan = this.#launch();
    return "problem" in plan ? [plan.problem] : [];
  }

  async prepare(): Promise<Launch> {
    const plan = this.#launch();
    if ("problem" in plan) throw new UserError(plan.problem);
    return plan.launch;
  }

  async check(signal: AbortSignal, upMs: number): Promise<string | null> {
    const { health } = this.#options.component;
    const { port } = this.#options;
    if (health.kind === "http" && port !== null) return httpHealth(port, health.ready, signal);
    return upMs >= SETTLED_MS ? null : "it has only just started";
  }

  #launch(): { readonly launch: Launch } | { readonly problem: UserProblem } {
    const { component, stackFolder, env, watch } = this.#options;
    const { name, source } = component;
    if (source.kind !== "service") throw new Error(`${name} is a ${source.kind}, not a service`);
    const command = (watch ? source.watch.run : null) ?? source.local;
    const cwd = join(stackFolder, buildOf(source)?.build ?? ".");
    if (command === null || command[0] === undefined) {
      return {
        problem: { message: `nothing says how to run ${name} on this machine`, fix: `add local: "..." to s.service("${name}")` },
      };
    }
    if (!isFolder(cwd)) {
      return {
        problem: {
          message: `the folder of ${name} is missing: ${cwd}`,
          fix: `create it, or correct image: build(...) in s.service("${name}")`,
        },
      };
    }
    const program = findProgram(command[0], cwd);
    if (program === null) {
      const problem = {
        message: `${name} can't run "${command.join(" ")}": there is no program "${command[0]}"`,
        fix: `install ${command[0]}, or correct local in s.service("${name}")`,
      };
      return { problem };
    }
    return { launch: { program, args: command.slice(1), cwd, env: { ...inheritedEnv(), ...env } } };
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
