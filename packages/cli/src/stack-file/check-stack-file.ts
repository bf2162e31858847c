import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plan, Problem, StackDefinition } from "@groundplan/model";
import { findStackFile } from "./find-stack-file.js";
import { loadStack } from "./load-stack.js";
import { type SourceMessage, typeProblem } from "./problem-of-error.js";

export interface CheckedStackFile {
  readonly file: string;
  readonly definition: StackDefinition | null;
  readonly problems: readonly Problem[];
  /** One line about a valid stack; `null`: it has problems. */
  readonly summary: string | null;
}

/** All that can be said about a stack file without running the stack: its types and what the model finds. */
export async function checkStackFile(folder: string, given: string | null): Promise<CheckedStackFile> {
  const found = findStackFile(folder, given);
  if (found.problem !== null) return { file: found.file, definition: null, problems: [found.problem], summary: null };

  const [typeProblems, loaded] = await Promise.all([checkTypes(found.file), loadStack(found.file)]);
  // What keeps the file from being read at all, the compiler says as well, and better.
  const isSaidTwice = (problem: Problem) => problem.code === "STACK_FILE_TYPE_ERROR" && typeProblems.length > 0;
  const problems = [...typeProblems, ...loaded.problems.filter((problem) => !isSaidTwice(problem))];
  const summary = problems.length === 0 && loaded.plan !== null ? summaryOf(loaded.plan) : null;
  return { file: found.file, definition: loaded.definition, problems, summary };
}

function summaryOf(plan: Plan): string {
  const counts = [
    countOf(plan.components.length, "component"),
    countOf(plan.links.length, "link"),
    countOf(plan.hosts.length, "host"),
    countOf(plan.rules.length, "rule"),
  ];
  return `stack ${plan.stack} is valid: ${counts.join(", ")}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

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
async function checkTypes(file: string): Promise<readonly Problem[]> {
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
