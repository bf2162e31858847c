import { closeSync, existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "./failure.js";

/** A file that will be written at the end of a run. */
export class ReportFile {
  readonly #given: string;
  readonly #path: string;

  /**
   * Tries that it can be written, so that nobody finds out after the load.
   *
   * @throws Failure when it cannot.
   */
  constructor(given: string) {
    this.#given = given;
    // npm runs a workspace's command in the workspace's folder; what was typed starts from where it was typed.
    this.#path = resolve(process.env.npm_lifecycle_event === "stress" ? (process.env.INIT_CWD ?? ".") : ".", given);
    const isNew = !existsSync(this.#path);
    this.#orFailure(() => {
      closeSync(openSync(this.#path, "a"));
      if (isNew) rmSync(this.#path);
    });
  }

  write(text: string): void {
    this.#orFailure(() => writeFileSync(this.#path, text));
  }

  #orFailure(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw new Failure(1, `the report cannot be written to ${this.#given}: ${(error as Error).message}`);
    }
  }
}
