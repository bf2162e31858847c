import type { CommandLine } from "../docker/command-line.js";

/** A command of the deployment as a value: shown to the reader, compared in tests, run in one place (`tool-runner.ts`). */
export interface ToolCommand extends CommandLine {
  /** Folder that it is run in, absolute. */
  readonly cwd: string;
  /** Ctrl-C waits for its own end, however long that takes. Default: it is ended by force after some seconds. */
  readonly patient?: boolean;
}
