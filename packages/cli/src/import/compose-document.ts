import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { ImportProblem } from "./imported-stack.js";
import type { Path } from "./values.js";

/** A YAML file whose values know their lines. */
export interface ComposeDocument {
  /** Anchors and merge keys are resolved. */
  readonly data: unknown;
  /** The line of a value's key, from 1; where the path leads nowhere, that of the last part that exists. */
  lineOf(path: Path): number;
}

export function parseComposeDocument(text: string): ComposeDocument | { readonly problems: readonly ImportProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(({ message, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { line, column: col, at: text.split("\n")[line - 1]?.trim() ?? "", message, fix: "correct the YAML there" };
      }),
    };
  }
  const locate = (path: Path): number => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const step of path) {
      const found = childOf(node, step, (alias) => alias.resolve(document));
      if (found === null) break;
      offset = found.offset ?? offset;
      node = found.value;
    }
    return lines.linePos(offset).line;
  };
  try {
    return { data: document.toJS(), lineOf: locate };
  } catch (error) {
    // Aliases that multiply without end.
    const message = error instanceof Error ? error.message : String(error);
    return { problems: [{ line: null, column: null, at: "", message, fix: "use fewer aliases" }] };
  }
}

interface RunningProgram {
  readonly value: unknown;
  readonly offset: number | undefined;
}

type Resolve = (alias: Alias) => unknown;

function childOf(node: unknown, step: string | number, resolve: Resolve): RunningProgram | null {
  if (isAlias(node)) return childOf(resolve(node), step, resolve);
  if (isSeq(node)) {
    const value = node.items[Number(step)] as Node | undefined;
    return value === undefined ? null : { value, offset: value.range?.[0] };
  }
  if (!isMap(node)) return null;
  for (const { key, value } of node.items) {
    if (isScalar(key) && String(key.value) === String(step)) return { value, offset: key.range?.[0] };
  }
  const merged = node.items.filter(({ key }) => isScalar(key) && key.source === "<<");
  for (const { value } of merged) {
    const sources = isSeq(value) ? value.items : [value];
    for (const source of sources) {
      const found = childOf(source, step, resolve);
      if (found !== null) return found;
    }
  }
  return null;
}
