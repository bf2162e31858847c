import { readFileSync } from "node:fs";
import { nearest } from "@groundplan/model";
import { parseArguments } from "./arguments/parse-arguments.js";
import { renderOverview, renderUsage } from "./arguments/usage.js";
import { UsageError } from "./arguments/usage-error.js";
import type { Command, ExitCode } from "./command.js";
import { COMMANDS } from "./commands/index.js";
import type { Terminal } from "./output/terminal.js";

export interface Invocation {
  /** What follows `groundplan`. */
  readonly words: readonly string[];
  /** Folder that relative paths start from. */
  readonly folder: string;
  readonly terminal: Terminal;
}

/** One run of the program, from its words to its exit code. Never throws. */
export async function runGroundplan({ words, folder, terminal }: Invocation): Promise<ExitCode> {
  try {
    const [first, ...rest] = words;
    if (first === "--version") {
      terminal.out(version());
      return 0;
    }
    if (first === undefined || isHelp(first)) {
      if (first === undefined) terminal.err(renderOverview(COMMANDS).trimEnd());
      else terminal.out(renderOverview(COMMANDS).trimEnd());
      return first === undefined ? 2 : 0;
    }
    const command = knownCommand(first);
    if (rest.some(isHelp)) {
      terminal.out(renderUsage(command).trimEnd());
      return 0;
    }
    return await command.run({ arguments: parseArguments(command, rest), terminal, folder });
  } catch (error) {
    return report(error, words[0], terminal);
  }
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function knownCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((candidate) => candidate.name);
  const meant = nearest(name, names);
  throw new UsageError(
    `groundplan has no command "${name}" (commands: ${names.join(", ")}).${meant === null ? "" : ` Did you mean "${meant}"?`}`,
  );
}

function report(error: unknown, name: string | undefined, terminal: Terminal): ExitCode {
  if (error instanceof UsageError) {
    const command = COMMANDS.some((candidate) => candidate.name === name) ? `${name} ` : "";
    terminal.err(`groundplan: ${error.message}\nSee: groundplan ${command}--help`);
    return 2;
  }
  // By name: importing packages/local to compare classes would cost every command its start-up.
  if (error instanceof Error && error.name === "UserError") {
    terminal.err(`groundplan: ${error.message}`);
    return 1;
  }
  if (isRefusedByFileSystem(error)) {
    terminal.err(`groundplan: ${error.message}`);
    return 1;
  }
  terminal.err(
    `groundplan failed, and this is a bug. Please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}`,
  );
  return 1;
}

/** A file or folder that was named on the command line cannot be used: the system's own sentence says which and why. */
function isRefusedByFileSystem(error: unknown): error is Error {
  const codes = ["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOTDIR", "EISDIR", "EEXIST"];
  return error instanceof Error && "code" in error && "path" in error && codes.includes(String(error.code));
}

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
