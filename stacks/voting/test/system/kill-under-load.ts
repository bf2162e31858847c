import { until } from "@groundplan/testing";
import type { VotingRun } from "@voting/testing";
import { assertExact } from "./exactness.js";
import { startLoad } from "./load.js";

/** Kills a part twice with SIGKILL while votes arrive, waits until it is back, and checks that the count is exact. */
export async function killUnderLoad(run: VotingRun, part: string): Promise<void> {
  const restarts = (): number => run.stack.states().find((state) => state.name === part)?.restarts ?? 0;
  const load = startLoad(run);
  try {
    for (let times = 1; times <= 2; times++) {
      const before = load.acknowledged();
      await until("the load is under way", () => load.acknowledged() > before + 200);
      const restartsBefore = restarts();
      await run.stack.kill(part);
      await until(`${part} is back`, () => {
        const isHealthy = run.stack.states().find((state) => state.name === part)?.status === "healthy";
        return isHealthy && restarts() > restartsBefore;
      });
    }
    const healed = load.acknowledged();
    await until("votes are accepted again", () => load.acknowledged() > healed + 200);
  } finally {
    await load.stop();
  }
  await assertExact(run, load.voters);
}
