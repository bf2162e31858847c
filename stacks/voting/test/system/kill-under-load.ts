import { until } from "@groundplan/testing";
import type { VotingRun } from "@voting/testing";
import { assertExact } from "./exactness.js";
import { startLoad } from "./load.js";

/** Kills a part with SIGKILL while votes arrive, waits until it is back, and checks that the count is exact. */
export async function killUnderLoad(run: VotingRun, part: string): Promise<void> {
  const stateOf = () => run.stack.states().find((state) => state.name === part);
  const load = startLoad(run);
  try {
    await until("the load is under way", () => load.acknowledged() > 200);
    const restarts = stateOf()?.restarts ?? 0;
    await run.stack.kill(part);
    await until(`${part} is back`, () => stateOf()?.status === "healthy" && (stateOf()?.restarts ?? 0) > restarts);
    const healed = load.acknowledged();
    await until("votes are accepted again", () => load.acknowledged() > healed + 200);
  } finally {
    await load.stop();
  }
  await assertExact(run, load.voters);
}
