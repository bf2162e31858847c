import { parseArgs } from "node:util";

export const DEFAULT_URLS = { vote: "http://127.0.0.1:8080", result: "http://127.0.0.1:8081" } as const;

export interface CommandArguments {
  readonly positionals: readonly string[];
  readonly values: { readonly vote?: string; readonly result?: string; readonly json: boolean };
}

/** A failure that the user can put right: its sentence is printed, without a stack. */
class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, sentence: string) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** @param exitCode 1: it failed; 2: it was called wrongly. */
export const failed = (exitCode: 1 | 2, sentence: string): Error => new CommandFailure(exitCode, sentence);

/** Reads the arguments, runs the command, and sets the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommand(usage: string, run: (args: CommandArguments) => Promise<number>): Promise<void> {
  try {
    const args = readArguments();
    if (args === "help") process.stdout.write(usage);
    else process.exitCode = await run(args);
  } catch (error) {
    const exitCode = error instanceof CommandFailure ? error.exitCode : 1;
    process.stderr.write(`${(error as Error).message}\n${exitCode === 2 ? `\n${usage}` : ""}`);
    process.exitCode = exitCode;
  }
}

export function wholeNumber(name: string, text: string | undefined, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text ?? "") || value < min || value > max) {
    throw failed(2, `${name} must be a whole number from ${min} to ${max.toLocaleString("en")}, found "${text}"`);
  }
  return value;
}

function readArguments(): CommandArguments | "help" {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        vote: { type: "string" },
        result: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    for (const url of [values.vote, values.result]) if (url !== undefined) requireHttpUrl(url);
    return { positionals, values };
  } catch (error) {
    throw error instanceof CommandFailure ? error : failed(2, (error as Error).message);
  }
}

function requireHttpUrl(text: string): void {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw failed(2, `"${text}" is not an http:// address`);
}
