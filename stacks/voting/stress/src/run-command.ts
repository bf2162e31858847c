import { Failure } from "./failure.js";

/** Runs a command and sets the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommand(usage: string, run: (words: readonly string[]) => Promise<0 | 1>): Promise<void> {
  const words = process.argv.slice(2);
  try {
    if (words.includes("--help") || words.includes("-h")) process.stdout.write(usage);
    else process.exitCode = await run(words);
  } catch (error) {
    if (error instanceof Failure) {
      process.stderr.write(`${error.message}\n${error.exitCode === 2 ? `\n${usage}` : ""}`);
      process.exitCode = error.exitCode;
    } else {
      process.stderr.write(`this is a bug; please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
