import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processLives } from "./process-lives.js";

/** The processes that use the engine now: test files may run side by side, and the last one ends it. */
export class Users {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  enter(): void {
    writeFileSync(join(this.#folder, String(process.pid)), "");
  }

  leave(): void {
    rmSync(join(this.#folder, String(process.pid)), { force: true });
  }

  /** Whether any is left; those that died without leaving do not count. */
  any(): boolean {
    for (const pid of readdirSync(this.#folder)) {
      if (processLives(Number(pid))) return true;
      rmSync(join(this.#folder, pid));
    }
    return false;
  }
}
