/** A program to run with its arguments, as a value: shown to the reader, compared in tests, run in one place (`command-runner.ts`). */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that it gets besides those of groundplan's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * As one would type it in a shell.
 *
 * @example renderCommandLine({ program: "docker", args: ["ps"], env: { TAG: "v1" } })   // "TAG=v1 docker ps"
 */
export function renderCommandLine({ program, args, env = {} }: CommandLine): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...variables, ...[program, ...args].map(quoted)].join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
