import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Launch } from "@groundplan/programs";
import type { GeneratedFile } from "@groundplan/targets";
import { httpHealth } from "../health/http-health.js";
import type { Program } from "../parts/program.js";
import { inheritedEnv } from "../processes/inherited-env.js";
import { replaceFile } from "../replace-file.js";

export interface ServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Created if missing; the program works in it. */
  readonly folder: string;
  /** Written into the folder before each start. */
  readonly files: readonly GeneratedFile[];
  readonly port: number;
  /** Path that answers 2xx when it can do its work. */
  readonly health: string;
  /** It may have much to read first. */
  readonly mayStartSlowly: boolean;
}

/** A ready server of this machine that is healthy when it answers over HTTP. */
export class ServerProgram implements Program {
  readonly stopSignal = "SIGTERM";
  readonly mayStartSlowly: boolean;
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    this.mayStartSlowly = options.mayStartSlowly;
    this.#options = options;
  }

  async prepare(): Promise<Launch> {
    const { program, args, env, folder, files } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      replaceFile(join(folder, path), text, { mode: 0o600, durable: false });
    }
    return { program, args, cwd: folder, env: { ...inheritedEnv(), ...env } };
  }

  check(signal: AbortSignal): Promise<string | null> {
    return httpHealth(this.#options.port, this.#options.health, signal);
  }
}
