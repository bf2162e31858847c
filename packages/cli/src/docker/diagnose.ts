import type { UserProblem } from "@groundplan/model";
import { lastLines } from "@groundplan/programs";
import { type Container, isReady } from "./container.js";
import { explainFailure } from "./failures.js";

const LINES_SHOWN = 8;
/** A container that ended so many times will do so again. */
export const MANY_RESTARTS = 3;

/** 128 and the number of SIGKILL, which no program can catch. */
const KILLED = 137;

export interface Suspect {
  readonly container: Container;
  /** How its last run ended; `null`: it has not ended yet, or nobody knows. */
  readonly lastExitCode: number | null;
  /** What it printed last. */
  readonly log: string;
  /** Most memory that it may take, in MiB. */
  readonly memoryMb: number;
  /** For how long it was waited for in vain; `null`: the wait ended for another reason. */
  readonly waitedSeconds: number | null;
  /** The command that shows all of its log. */
  readonly logCommand: string;
}

/** What is wrong with a container that is not ready, with what shows it; `null`: nothing, it may still become so. */
export function diagnose({ container, lastExitCode, log, memoryMb, waitedSeconds, logCommand }: Suspect): UserProblem | null {
  if (isReady(container)) return null;
  const { service, status, health, exitCode, restarts } = container;
  const printed = lastLines(log, LINES_SHOWN);
  const seeLog = `put right what its log tells; all of it: ${logCommand}`;

  if (container.error !== "") {
    const known = explainFailure(container.error, service);
    return (
      known ?? { message: `${service} cannot be started`, detail: [container.error], fix: "put right what the Docker engine says here" }
    );
  }
  // The engine calls one that ends again and again unhealthy too, while it asks what does not answer yet.
  const isUnhealthy = health === "unhealthy" && status === "running" && restarts < MANY_RESTARTS;
  const kills = status === "restarting" ? restarts + 1 : restarts;
  if (container.outOfMemory || (lastExitCode === KILLED && (status === "restarting" || (status === "running" && !isUnhealthy)))) {
    // Not every engine tells who killed it; that it was the kernel's limit is by far the most likely.
    const how = container.outOfMemory ? "was killed:" : `was killed ${kills} times (exit code ${KILLED}), most likely since`;
    return {
      message: `${service} ${how} it needs more memory than the ${memoryMb} MiB that it may have`,
      detail: printed,
      fix: "give it more (memoryMb in stack.ts), or make it need less",
    };
  }
  if (status === "exited" || status === "dead") {
    return { message: `${service} has ended with exit code ${exitCode}`, detail: printed, fix: seeLog };
  }
  if (isUnhealthy) {
    return { message: `${service} is unhealthy`, detail: [...healthLines(container.healthLog.slice(-3)), ...printed], fix: seeLog };
  }
  if (status === "restarting" || restarts > 0) {
    const code = lastExitCode === null ? "" : ` with exit code ${lastExitCode}`;
    return { message: `${service} ends again and again${code} (restarts: ${restarts})`, detail: printed, fix: seeLog };
  }
  if (waitedSeconds === null || status === "created") return null;
  return {
    message: `${service} did not become healthy within ${waitedSeconds} s`,
    detail: [...healthLines(container.healthLog.slice(-1)), ...printed],
    fix: seeLog,
  };
}

function healthLines(log: readonly string[]): readonly string[] {
  return log.flatMap((text) => text.split("\n")).map((line) => `health check: ${line}`);
}
