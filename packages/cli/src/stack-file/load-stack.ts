import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { checkStack, type Plan, type Problem, type StackDefinition } from "@groundplan/model";
import { problemOfError } from "./problem-of-error.js";

/** A stack file that was read. */
export interface LoadedStack {
  readonly file: string;
  /** What relative paths in it start from. */
  readonly folder: string;
  /** `null`: the file does not give one, the problems say why. */
  readonly definition: StackDefinition | null;
  /** What follows from it; `null`: there are problems. */
  readonly plan: Plan | null;
  /** All that is wrong with it, its types apart. */
  readonly problems: readonly Problem[];
}

/**
 * Runs a stack file and checks what it exports. Its types are removed, not checked: `checkTypes` does that.
 * tsx does it for every Node that is supported and for every file that the stack imports, in about 0.1 s.
 */
export async function loadStack(file: string): Promise<LoadedStack> {
  const folder = dirname(file);
  const failed = (problem: Problem): LoadedStack => ({ file, folder, definition: null, plan: null, problems: [problem] });

  let module: { readonly default?: unknown };
  try {
    const { tsImport } = await import("tsx/esm/api");
    module = await tsImport(pathToFileURL(file).href, import.meta.url);
  } catch (error) {
    return failed(problemOfError(error, file));
  }

  // A file of a CommonJS package has its exports one level deeper.
  const value = exportOf(module.default);
  if (value === undefined) return failed(noDefaultExport(file, module));
  if (!isStack(value)) return failed(notAStack(file, value));
  return { file, folder, definition: value, ...checkStack(value) };
}

function exportOf(value: unknown): unknown {
  const wraps = typeof value === "object" && value !== null && "__esModule" in value;
  return wraps ? (value as { default?: unknown }).default : value;
}

function isStack(value: unknown): value is StackDefinition {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "groundplan.stack";
}

function noDefaultExport(file: string, module: object): Problem {
  const names = Object.keys(module).filter((name) => name !== "default" && name !== "module.exports");
  return {
    at: basename(file),
    code: "STACK_FILE_NO_DEFAULT_EXPORT",
    message: "the file exports no stack",
    found: names.length === 0 ? "no export" : `only the exports ${names.join(", ")}`,
    allowed: "a default export",
    fix: 'write export default stack("name", (s) => { ... })',
  };
}

function notAStack(file: string, value: unknown): Problem {
  return {
    at: basename(file),
    code: "STACK_FILE_NOT_A_STACK",
    message: "the default export is not a stack",
    found:
      typeof value === "function"
        ? "a function"
        : Array.isArray(value)
          ? "an array"
          : value === null
            ? "null"
            : `a value of type ${typeof value}`,
    allowed: "what stack() returns",
    fix: 'write import { stack } from "groundplan" and export default stack("name", (s) => { ... })',
  };
}
