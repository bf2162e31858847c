/** The command line is wrong: shown as one sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
