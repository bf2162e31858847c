import { spawn } from "node:child_process";
import { relative } from "node:path";
import { type CommandLine, renderCommandLine } from "../docker/command-line.js";
import type { CommandRunner, RunOptions } from "../docker/command-runner.js";
import { startTool, type Tool } from "./start-tool.js";
import type { ToolCommand } from "./tool-command.js";

/** Runs the commands of a deployment. The one place of `groundplan aws` that starts programs. */
export interface ToolRunner extends CommandRunner {
  /** Runs a program that talks to the person at this terminal; resolves with its exit code. */
  interact(command: ToolCommand): Promise<number | null>;
}

export interface ToolRunnerOptions {
  /** Where commands without a folder are run, and what shown folders start from. */
  readonly folder: string;
  /** Interrupts what runs, and lets nothing more start. */
  readonly signal: AbortSignal;
  /** Shows a command that is about to run. */
  readonly onCommand: (text: string) => void;
  /** How long a program that is not patient may take to end after SIGINT. Default: 5000 */
  readonly graceMs?: number;
}

/**
 * How programs are asked to print what is read here. It changes nothing of what they do, so it is not shown:
 * Ansible's results as JSON of one line, at once, without colours; Terraform without hints for a person at the keyboard.
 */
const PRINTING: Readonly<Record<string, string>> = {
  ANSIBLE_CALLBACK_FORMAT_PRETTY: "false",
  ANSIBLE_CALLBACK_RESULT_FORMAT: "json",
  ANSIBLE_FORCE_COLOR: "false",
  ANSIBLE_NOCOLOR: "true",
  ANSIBLE_NOCOWS: "true",
  PYTHONUNBUFFERED: "1",
  TF_IN_AUTOMATION: "1",
};

/** @throws (from `run`) the signal's reason, once it is aborted and the program has ended. */
export function toolRunner({ folder, signal, onCommand, graceMs = 5_000 }: ToolRunnerOptions): ToolRunner {
  const show = (command: CommandLine, cwd: string) => {
    const text = renderCommandLine(command);
    onCommand(cwd === folder ? text : `(cd ${nearer(relative(folder, cwd), cwd)} && ${text})`);
  };
  return {
    async run(command: CommandLine | ToolCommand, options: RunOptions = {}) {
      signal.throwIfAborted();
      const cwd = "cwd" in command ? command.cwd : (options.folder ?? folder);
      if (options.quiet !== true) show(command, cwd);
      const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
      const { program, args } = command;
      const tool = await startTool({ program, args, cwd, env: envOf(command) }, (stream, text) => {
        lines[stream].push(text);
        options.onLine?.(text, stream);
      });
      if (tool === null) return { code: null, stdout: "", stderr: `${program}: no such program`, missing: true };
      const stop = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
      const isPatient = "patient" in command && command.patient === true;
      const code = await untilEnd(tool, stop, isPatient ? null : graceMs);
      signal.throwIfAborted();
      return { code, stdout: lines.stdout.join("\n"), stderr: lines.stderr.join("\n"), missing: false };
    },
    interact(command) {
      signal.throwIfAborted();
      show(command, command.cwd);
      return new Promise((resolve, reject) => {
        const child = spawn(command.program, command.args, { cwd: command.cwd, env: envOf(command), stdio: "inherit" });
        child.once("error", reject);
        child.once("exit", resolve);
      });
    },
  };
}

function nearer(seen: string, folder: string): string {
  return seen.startsWith("..") ? folder : seen;
}

/**
 * Ctrl-C reaches the program and what it started as SIGINT, as it would in a terminal: Terraform then ends the requests that are on
 * their way, and writes its state. SIGTERM would end its provider in the middle, and SIGKILL would forget what was just made, so
 * a patient command has no deadline: whoever does not want to wait says so again.
 */
async function untilEnd(tool: Tool, signal: AbortSignal, graceMs: number | null): Tool["exited"] {
  const kill = () => tool.signal("SIGKILL");
  // It leads a group of its own, which Ctrl-C in the terminal does not reach.
  process.once("exit", kill);
  let grace: NodeJS.Timeout | undefined;
  const interrupt = () => {
    tool.signal("SIGINT");
    if (graceMs !== null) grace = setTimeout(kill, graceMs);
  };
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  try {
    return await tool.exited;
  } finally {
    clearTimeout(grace);
    signal.removeEventListener("abort", interrupt);
    process.off("exit", kill);
  }
}

function envOf({ env = {} }: CommandLine): Record<string, string> {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(own), ...PRINTING, ...env };
}
