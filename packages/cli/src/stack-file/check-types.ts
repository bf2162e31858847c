import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Problem } from "@groundplan/model";
import { type SourceMessage, typeProblem } from "./problem-of-error.js";

/** The strictness that a stack is checked with, wherever it lies; a tsconfig.json of its repository may well be about something else. */
const OPTIONS = [
  "--noEmit",
  "--ignoreConfig",
  "--pretty",
  "false",
  "--target",
  "es2023",
  "--module",
  "nodenext",
  "--strict",
  "--skipLibCheck",
];

/** Has TypeScript check a stack file and what it imports. Runs its `tsc`: TypeScript 7 is a native program. */
export async function checkTypes(file: string): Promise<readonly Problem[]> {
  const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const args = [compiler, ...OPTIONS, "--allowImportingTsExtensions", ...nodeTypes(file), ...ownConditions(), file];
  const { code, output } = await run(process.execPath, args, dirname(file));
  const messages = parseMessages(output, dirname(file));
  if (code !== 0 && messages.length === 0) throw new Error(`tsc failed with exit code ${code}:\n${output}`);
  return messages.map((message) => typeProblem(message, file));
}

/**
 * The messages of `tsc --pretty false`: `stack.ts(2,7): error TS2322: ...`, with more of a message on indented lines.
 */
export function parseMessages(output: string, folder: string): readonly SourceMessage[] {
  const messages: SourceMessage[] = [];
  for (const text of output.split(/\r?\n/)) {
    const found = /^(.+?)\((\d+),(\d+)\): error (TS\d+: .+)$/.exec(text);
    const last = messages.at(-1);
    if (found !== null) {
      const [, path = "", line = "1", column = "1", message = ""] = found;
      messages.push({ path: resolve(folder, path), line: Number(line), column: Number(column), message });
    } else if (last !== undefined && /^\s+\S/.test(text)) {
      messages[messages.length - 1] = { ...last, message: `${last.message}\n${text.slice(2)}` };
    }
  }
  return messages;
}

/** A stack may use Node's own modules where their types are installed. */
function nodeTypes(file: string): string[] {
  try {
    createRequire(file).resolve("@types/node/package.json");
    return ["--types", "node"];
  } catch {
    return [];
  }
}

/** What this process was told about where packages have their code holds for the compiler as well. */
function ownConditions(): string[] {
  const conditions = process.execArgv.flatMap((word) => /^(?:--conditions|-C)=(.+)$/.exec(word)?.[1] ?? []);
  return conditions.length === 0 ? [] : ["--customConditions", conditions.join(",")];
}

function run(program: string, args: readonly string[], cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = execFile(program, args, { cwd, maxBuffer: 50_000_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === "string") fail(error);
      else done({ code: child.exitCode, output: stdout + stderr });
    });
  });
}
