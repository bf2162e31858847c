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
export function diagnose({ container, log, memoryMb, waitedSeconds, logCommand }: Suspect): UserProblem | null {
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
  if (container.outOfMemory || (status === "restarting" && exitCode === KILLED)) {
    // Not every engine tells who killed it; that it was the kernel's limit is by far the most likely.
    const how = container.outOfMemory ? "was killed:" : `was killed ${restarts + 1} times (exit code ${KILLED}), most likely since`;
    return {
      message: `${service} ${how} it needs more memory than the ${memoryMb} MiB that it may have`,
      detail: printed,
      fix: "give it more (memoryMb in stack.ts), or make it need less",
    };
  }
  if (status === "exited" || status === "dead") {
    return { message: `${service} has ended with exit code ${exitCode}`, detail: printed, fix: seeLog };
  }
  // The engine calls one that ends again and again unhealthy too, while it asks what does not answer yet.
  if (health === "unhealthy" && status === "running" && restarts < MANY_RESTARTS) {
    return { message: `${service} is unhealthy`, detail: [...healthLines(container.healthLog.slice(-3)), ...printed], fix: seeLog };
  }
  if (status === "restarting" || restarts > 0) {
    // While it runs once more, the code of its last end is not known.
    const code = status === "restarting" ? ` with exit code ${exitCode}` : "";
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
