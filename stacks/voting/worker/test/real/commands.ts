import fc from "fast-check";
import type { Vote } from "./arrivals.js";
import type { Fault } from "./stepped-worker.js";
import type { World } from "./world.js";

/** One thing that happens to the poll. Plain data, so that a counterexample can be read, and copied into a test. */
export type Command =
  | { readonly do: "cast"; readonly votes: readonly Vote[] }
  | { readonly do: "retry"; readonly ballot: number; readonly option: string }
  | { readonly do: "cast classic"; readonly vote: Vote }
  | { readonly do: "cast rubbish"; readonly text: string }
  | { readonly do: "work"; readonly worker: number; readonly steps: number }
  | { readonly do: "break"; readonly worker: number; readonly fault: Fault }
  | { readonly do: "lose claims" | "stop"; readonly worker: number }
  | { readonly do: "copy queue" | "restore queue" | "empty queue" | "set queue clock ahead" };

const WORKERS = 2;

const always = <const T extends string>(name: T) => fc.constant(name);
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { noNullPrototype: true });
const command = (weight: number, arbitrary: fc.Arbitrary<Command>) => ({ weight, arbitrary });

const voter = fc.constantFrom("v0", "v1", "v2", "v3", "v4");
const option = fc.constantFrom("a", "b");
const vote = record({ voter, option });
const worker = fc.nat(WORKERS - 1);
const fault: fc.Arbitrary<Fault> = record({
  kind: fc.constantFrom("crash", "failure"),
  when: fc.constantFrom("before", "under way", "after"),
});
const rubbish = fc.oneof(
  fc.constantFrom("", "null", "[]", "{}", '{"voter_id":"v0"}', '{"voter_id":"v2","vote":""}', '{"voter_id":"v\\u0000","vote":"a"}'),
  fc.json({ maxDepth: 1 }),
  fc.string({ unit: "binary" }),
);

export const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    command(6, record({ do: always("cast"), votes: fc.array(vote, { minLength: 1, maxLength: 5 }) })),
    command(1, record({ do: always("cast"), votes: fc.tuple(record({ voter, option: always("zebra") })) })),
    command(2, record({ do: always("retry"), ballot: fc.nat(50), option })),
    command(2, record({ do: always("cast classic"), vote })),
    command(1, record({ do: always("cast rubbish"), text: rubbish })),
    command(10, record({ do: always("work"), worker, steps: fc.integer({ min: 1, max: 60 }) })),
    command(4, record({ do: always("break"), worker, fault })),
    command(2, record({ do: always("lose claims"), worker })),
    command(1, record({ do: always("stop"), worker })),
    command(3, record({ do: fc.constantFrom("copy queue", "restore queue", "empty queue", "set queue clock ahead") })),
  ),
  { minLength: 1, maxLength: 30, size: "max" },
);

export async function perform(world: World, command: Command): Promise<void> {
  switch (command.do) {
    case "cast":
      return world.cast(command.votes);
    case "retry":
      return world.retry(command.ballot, command.option);
    case "cast classic":
      return world.castClassic(command.vote);
    case "cast rubbish":
      return world.castRubbish(command.text);
    case "work":
      for (let n = 0; n < command.steps; n++) await world.stride(command.worker);
      return;
    case "break":
      await world.stride(command.worker, command.fault);
      return;
    case "lose claims":
      return world.loseClaims(command.worker);
    case "stop":
      return world.stop(command.worker);
    case "copy queue":
      return world.copyQueue();
    case "restore queue":
      return world.restoreQueue();
    case "empty queue":
      return world.emptyQueue();
    case "set queue clock ahead":
      return world.setQueueClockAhead();
  }
}
