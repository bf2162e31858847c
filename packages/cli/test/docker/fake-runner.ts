import type { ProgramResult, ProgramRunner, RunOptions } from "@groundplan/programs";
import { type CommandLine, renderCommandLine } from "@groundplan/programs";
import type { Progress } from "../../src/output/progress.js";

export type Answer = Partial<ProgramResult> | ((options: RunOptions) => Promise<Partial<ProgramResult>>);

/** A runner that starts nothing: commands that begin with a text get the answer of that text, all others fail the test. */
export function fakeRunner(answers: Readonly<Record<string, Answer>>): ProgramRunner & { readonly ran: readonly string[] } {
  const ran: string[] = [];
  return {
    ran,
    interact: async () => 0,
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
