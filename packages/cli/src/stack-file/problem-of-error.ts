import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import type { Problem } from "@groundplan/model";

/** What went wrong while the stack file ran, as a problem with its place. */
export function problemOfError(error: unknown, file: string): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return syntaxProblem(message, file) ?? thrownProblem(error, message, file);
}

/** esbuild's message: "Transform failed with 1 error:\n/path/stack.ts:3:5: ERROR: Expected ..." */
function syntaxProblem(message: string, file: string): Problem | null {
  const found = /^(.+):(\d+):(\d+): (?:ERROR|error): (.+)$/m.exec(message);
  if (!message.startsWith("Transform failed") || found === null) return null;
  const [, path = file, line = "1", column = "0", text = ""] = found;
  const position = { path: withoutQuery(path), line: Number(line), column: Number(column) + 1 };
  return typeProblem({ ...position, message: text.replace(/\.?$/, "") }, file);
}

export interface SourceMessage {
  /** Absolute. */
  readonly path: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A file that TypeScript cannot read, or whose types do not agree. */
export function typeProblem(source: SourceMessage, file: string): Problem {
  const at = `${placeOf(source.path, file)}:${source.line}:${source.column}`;
  return {
    at,
    code: "STACK_FILE_TYPE_ERROR",
    message: source.message,
    found: sourceLine(source.path, source.line),
    allowed: "",
    fix: `correct ${at}; an editor with TypeScript shows what fits there`,
  };
}

function thrownProblem(error: unknown, message: string, file: string): Problem {
  const position = positionIn(error instanceof Error ? (error.stack ?? "") : "", file);
  const at = position === null ? basename(file) : `${basename(file)}:${position.line}:${position.column}`;
  const name = error instanceof Error ? error.name : "a thrown value";
  return {
    at,
    code: "STACK_FILE_THROWS",
    message: "the file fails when it runs",
    found: `${name}: ${message.replaceAll(/\?namespace=\d+/g, "")}`,
    allowed: "a file that runs to its end",
    fix: fixOf(error, message, position === null ? null : at),
  };
}

function fixOf(error: unknown, message: string, at: string | null): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ERR_MODULE_NOT_FOUND" && message.includes("'groundplan'"))
    return "install groundplan in the stack's folder, or in one above it";
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return "correct the import, or install the package";
  return at === null ? "correct the file, or one that it imports" : `correct the file at line ${at.split(":")[1]}, or what that line calls`;
}

/** The topmost place in the stack file itself of an error's stack, whose frames name it by its path or its URL. */
function positionIn(stack: string, file: string): { line: string; column: string } | null {
  const wanted = `${withSlashes(file)}:`;
  for (const frame of stack.split("\n").filter((line) => /^\s+at /.test(line))) {
    const shown = withSlashes(decoded(frame)).replace(/\?namespace=\d+/, "");
    const [, line, column] = /^(\d+):(\d+)/.exec(shown.split(wanted)[1] ?? "") ?? [];
    if (line !== undefined && column !== undefined) return { line, column };
  }
  return null;
}

function withSlashes(path: string): string {
  return path.replaceAll("\\", "/");
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    // A path with a percent sign, not a URL.
    return text;
  }
}

function withoutQuery(path: string): string {
  return path.replace(/\?.*$/, "");
}

/** Files beside the stack file by their name, others by the way to them. */
function placeOf(path: string, file: string): string {
  return relative(file.slice(0, file.length - basename(file).length), path) || basename(file);
}

function sourceLine(path: string, line: number): string {
  try {
    return readFileSync(path, "utf8").split(/\r?\n/)[line - 1]?.trim() ?? "";
  } catch {
    // The place alone has to do.
    return "";
  }
}
