import type { ComposeDocument } from "./compose-document.js";
import type { ImportNote } from "./imported-stack.js";
import { type Path, pathText } from "./values.js";

/** Collects what a stack file does not say, or says otherwise. */
export class Notes {
  readonly #lineOf: ComposeDocument["lineOf"];
  readonly #notes: ImportNote[] = [];

  constructor(lineOf: ComposeDocument["lineOf"]) {
    this.#lineOf = lineOf;
  }

  /** @param component The component that it is about; `null`: the whole stack. */
  add(path: Path, component: string | null, what: string, advice: string, line = this.#lineOf(path)): void {
    this.#notes.push({ line, at: pathText(path), what, advice, component });
  }

  /** In the order of the Compose file. */
  all(): readonly ImportNote[] {
    return [...this.#notes].sort((a, b) => a.line - b.line);
  }
}
