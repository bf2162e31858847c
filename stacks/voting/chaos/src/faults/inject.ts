import { addWorkers } from "./add-workers.js";
import { killBackend } from "./backends.js";
import { breakLink } from "./break-link.js";
import { closeConnections } from "./close-connections.js";
import type { PlannedFault } from "./fault.js";
import { pausePart } from "./pause-part.js";
import { stepClock } from "./step-clock.js";
import type { World } from "./world.js";

/**
 * Breaks one thing, and puts it right again when its time is over or `heal` is aborted, whichever is first. What the stack must do by
 * itself (start a dead part again, connect again) is left to it.
 *
 * @throws Error when it cannot be done now, for example because the part is down already.
 */
export async function inject(world: World, fault: PlannedFault, heal: AbortSignal): Promise<void> {
  const { stack } = world.run;
  switch (fault.kind) {
    case "worker":
    case "vote":
    case "redis":
    case "result":
      return stack.kill(fault.target);
    case "postgres":
      return fault.how === "kill -9" ? stack.kill(fault.target) : killBackend(world.run.pool);
    case "restart":
      return stack.restart(fault.target);
    case "disconnect":
      return closeConnections(world.run, fault.target);
    case "pause":
      return pausePart(world.run, fault, heal);
    case "partition":
      return breakLink(world.links.proxy(fault.target), fault, heal);
    case "second-worker":
      return addWorkers(world.run, fault, heal);
    case "clock":
      return stepClock(world.clocks, fault, heal);
  }
}
