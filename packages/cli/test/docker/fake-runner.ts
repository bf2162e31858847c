import { type CommandLine, renderCommandLine } from "../../src/docker/command-line.js";
import type { CommandResult, CommandRunner, RunOptions } from "../../src/docker/command-runner.js";
import type { Progress } from "../../src/output/progress.js";

export type Answer = Partial<CommandResult> | ((options: RunOptions) => Promise<Partial<CommandResult>>);

/** A runner that starts nothing: commands that begin with a text get the answer of that text, all others fail the test. */
export function fakeRunner(answers: Readonly<Record<string, Answer>>): CommandRunner & { readonly ran: readonly string[] } {
  const ran: string[] = [];
  return {
    ran,
    async run(command: CommandLine, options: RunOptions = {}) {
      const text = renderCommandLine(command);
      ran.push(text);
      const start = Object.keys(answers).find((key) => text.startsWith(key));
      const answer = start === undefined ? undefined : answers[start];
      if (answer === undefined) throw new Error(`nobody expected ${text}`);
      const result = typeof answer === "function" ? await answer(options) : answer;
      for (const stream of ["stdout", "stderr"] as const) {
        for (const line of (result[stream] ?? "").split("\n")) options.onLine?.(line, stream);
      }
      return { code: 0, stdout: "", stderr: "", missing: false, ...result };
    },
  };
}

/** A progress that remembers what it was told, "name: text" each. */
export function fakeProgress(): Progress & { readonly told: readonly string[] } {
  const told: string[] = [];
  const tell = (name: string, text: string) => told.push(`${name}: ${text}`);
  return { told, step: tell, end: tell, note: (text) => tell("note", text), close: () => {} };
}
