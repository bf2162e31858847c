import { shellWord } from "@groundplan/model";

/** A program to run with its arguments, as a value: shown to the reader, compared in tests, run in one place (`start-program.ts`). */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that it gets besides those of groundplan's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder that it runs in, absolute. Default: the runner's. */
  readonly cwd?: string;
  /** Ctrl-C waits for its own end, however long that takes. Default: false, it is ended by force after some seconds. */
  readonly patient?: boolean;
}

/**
 * As one would type it in a shell.
 *
 * @example renderCommandLine({ program: "docker", args: ["ps"], env: { TAG: "v1" } })   // "TAG=v1 docker ps"
 */
export function renderCommandLine({ program, args, env = {} }: CommandLine): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`);
  return [...variables, ...[program, ...args].map(shellWord)].join(" ");
}
