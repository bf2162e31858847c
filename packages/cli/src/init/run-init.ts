import { mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { UserError } from "@groundplan/local";
import { nameLike, nameProblem } from "@groundplan/model";
import { UsageError } from "../arguments/usage-error.js";
import type { CommandInput, ExitCode } from "../command.js";
import { writeFiles } from "../output/write-files.js";
import { newStackFiles, toolDependency } from "./new-stack-files.js";

const MOST_SHOWN = 10;

/** Writes a new stack into a folder that is missing or empty. */
export function runInit({ arguments: given, terminal, folder }: CommandInput): ExitCode {
  const shown = given.positional(0);
  const target = resolve(folder, shown);
  const name = given.text("name") ?? nameLike(basename(target), "app");
  const problem = nameProblem(name);
  if (problem !== null) throw new UsageError(`--name ${name}: ${problem.message}. Allowed: ${problem.allowed}. Fix: ${problem.fix}.`);
  const files = writing(() => {
    checkIsFree(target, shown);
    mkdirSync(target, { recursive: true });
    const stack = newStackFiles({ name, dependency: toolDependency(target) });
    writeFiles(target, stack);
    return stack.map(({ path }) => path);
  });
  const next = [...(target === folder ? [] : [`cd ${shellWord(relative(folder, target))}`]), "npm install", "npm start"];
  if (given.flag("json")) terminal.out(JSON.stringify({ name, folder: target, files, next }, null, 2));
  else {
    for (const path of files) terminal.out(`wrote ${join(shown, path)}`);
    terminal.err(`next: ${next.join(" && ")}`);
  }
  return 0;
}

function checkIsFree(target: string, shown: string): void {
  const facts = statSync(target, { throwIfNoEntry: false });
  if (facts === undefined) return;
  if (!facts.isDirectory()) throw new UserError({ message: `${shown} is a file`, fix: "name a folder that is missing or empty" });
  // A repository without a file yet is a good place to start.
  const present = readdirSync(target).filter((entry) => entry !== ".git");
  if (present.length === 0) return;
  const more = present.length > MOST_SHOWN ? [`and ${present.length - MOST_SHOWN} more`] : [];
  throw new UserError({
    message: `${shown} is not empty; nothing was written`,
    detail: [...present.sort().slice(0, MOST_SHOWN), ...more],
    fix: "name a folder that is missing or empty",
  });
}

/** What the system refuses is the user's to put right. */
function writing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
    throw new UserError({ message: `the stack cannot be written: ${error.message}`, fix: "name a folder that you may write to" });
  }
}

function shellWord(path: string): string {
  const word = path.split(sep).join("/");
  return /^[\w./@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
