import assert from "node:assert/strict";
import { test } from "node:test";
import { INTERNET, type NetworkRule, OPERATOR, planOf, type ReachEnd, type RuleSet, reachability } from "@groundplan/model";
import {
  type Addresses,
  type Attempt,
  type AttemptOutcome,
  addressesOf,
  awkwardStack,
  type Namespaces,
  openNamespaces,
  renderNftables,
  singleHostStack,
  votingStack,
} from "../../src/index.js";

/** What must not open gets little time, what must open gets all that a busy machine may need. */
const DROPPED_AFTER_MS = 500;
const OPEN_WITHIN_MS = 10_000;
const SSH_PORT = 22;
/** In no rule. */
const OTHER_PORT = 12_345;

type Pair = Omit<Attempt, "limitMs">;
type Outcomes = ReadonlyMap<string, AttemptOutcome>;

const keyOf = ({ from, to, port }: Pair): string => `${from} > ${to} ${port}`;

/** A network of namespaces on which the rules of a plan, or any others for its hosts, are put to the test. */
class Wire {
  readonly #namespaces: Namespaces;
  readonly #addresses: Addresses;
  readonly #ports: readonly number[];

  constructor(namespaces: Namespaces, addresses: Addresses, ports: readonly number[]) {
    this.#namespaces = namespaces;
    this.#addresses = addresses;
    this.#ports = ports;
  }

  /** Every two ends, a host one of them, on every port. Nobody serves anything at the operator's address. */
  pairsOf({ hosts }: RuleSet): readonly Pair[] {
    const names = hosts.map(({ name }) => name);
    const ends = [...this.#addresses.keys()];
    const goals = ends.filter((end) => end !== OPERATOR);
    return ends.flatMap((from) =>
      (names.includes(from) ? goals.filter((to) => to !== from) : names).flatMap((to) => this.#ports.map((port) => ({ from, to, port }))),
    );
  }

  async enforce(facts: RuleSet): Promise<void> {
    await Promise.all(facts.hosts.map(({ name }) => this.#namespaces.load(name, renderNftables(name, facts, this.#addresses))));
  }

  /** What comes of these pairs where this is expected of them. */
  async outcomes(pairs: readonly Pair[], expected: Outcomes): Promise<Outcomes> {
    const limitOf = (pair: Pair): number => (expected.get(keyOf(pair)) === "open" ? OPEN_WITHIN_MS : DROPPED_AFTER_MS);
    const outcomes = await this.#namespaces.attempt(pairs.map((pair) => ({ ...pair, limitMs: limitOf(pair) })));
    return new Map(pairs.map((pair, index) => [keyOf(pair), outcomes[index] ?? "failed: not tried"]));
  }
}

/** What must come of each pair: what `reachability` says. To rules that do not name it, a range is a part of the internet. */
function expectedOf(facts: RuleSet, pairs: readonly Pair[]): Outcomes {
  const reaches = reachability(facts);
  const keys = new Set(reaches.map(keyOf));
  const known = new Set([...reaches.flatMap(({ from, to }) => [from, to]), ...facts.hosts.map(({ name }) => name), OPERATOR]);
  const named = (end: ReachEnd): ReachEnd => (known.has(end) ? end : INTERNET);
  return new Map(
    pairs.map(({ from, to, port }) => {
      const passes = keys.has(keyOf({ from: named(from), to: named(to), port }));
      return [keyOf({ from, to, port }), passes ? "open" : "dropped"];
    }),
  );
}

async function withWire(context: { skip(reason: string): void }, facts: RuleSet, use: (wire: Wire) => Promise<void>): Promise<void> {
  const ports = [...new Set([SSH_PORT, OTHER_PORT, ...facts.rules.map(({ port }) => port)])];
  const addresses = addressesOf(facts);
  const namespaces = await openNamespaces(addresses, ports);
  if ("missing" in namespaces) return context.skip(namespaces.missing);
  try {
    await use(new Wire(namespaces, addresses, ports));
  } finally {
    await namespaces.close();
  }
}

/** Checks every pair under these rules, and says how many opened and how many did not. */
async function matches(wire: Wire, facts: RuleSet): Promise<{ readonly open: number; readonly dropped: number }> {
  await wire.enforce(facts);
  const pairs = wire.pairsOf(facts);
  const expected = expectedOf(facts, pairs);
  const outcomes = await wire.outcomes(pairs, expected);
  const wrong = [...outcomes].filter(([key, outcome]) => outcome !== expected.get(key));
  assert.deepEqual(Object.fromEntries(wrong), {}, "not as the table says");
  const open = [...outcomes.values()].filter((outcome) => outcome === "open").length;
  return { open, dropped: outcomes.size - open };
}

for (const [name, stack] of Object.entries({ votingStack, awkwardStack, singleHostStack })) {
  test(`real connections under the rules of ${name}: exactly those open that the table has, all others are dropped`, async (context) => {
    const plan = planOf(stack());
    await withWire(context, plan, async (wire) => {
      // Without rules all must open: else it would not be the rules that drop.
      const pairs = wire.pairsOf(plan);
      const all: Outcomes = new Map(pairs.map((pair) => [keyOf(pair), "open"]));
      assert.deepEqual(await wire.outcomes(pairs, all), all);

      const { open, dropped } = await matches(wire, plan);
      assert.ok(open > 0 && dropped > open, `${open} open, ${dropped} dropped`);
      context.diagnostic(`${open} connections opened, ${dropped} were dropped`);
    });
  });
}

test("real connections of the voting stack with one rule taken out or opened wide: the table still says what opens", async (context) => {
  const plan = planOf(votingStack());
  const without = (group: string, direction: string, port: number): RuleSet => ({
    ...plan,
    rules: plan.rules.filter((rule) => !(rule.group === group && rule.direction === direction && rule.port === port)),
  });
  const opened: RuleSet = {
    ...plan,
    rules: plan.rules.map((rule) =>
      rule.group === "database" && rule.direction === "ingress" && rule.port === 5432 ? { ...rule, source: { cidr: "0.0.0.0/0" } } : rule,
    ),
  };
  await withWire(context, plan, async (wire) => {
    const all = reachability(plan).length;
    assert.equal((await matches(wire, without("backend", "egress", 5432))).open, all - 1);
    assert.equal((await matches(wire, without("backend", "ingress", 6379))).open, all - 1);
    assert.equal((await matches(wire, opened)).open, all + 2);
  });
});

test("real connections under rules that make no sense, from a seed: the table says what opens", async (context) => {
  // REACH_SEED=7 tries other rules.
  const SEED = Number(process.env.REACH_SEED ?? 20_261_122);
  const ROUNDS = 3;
  const RULES = 40;
  const { hosts } = planOf(awkwardStack());
  const random = randomFrom(SEED);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const sources: readonly NetworkRule["source"][] = [
    ...hosts.map(({ name }) => ({ group: name })),
    ...["0.0.0.0/0", "operator_cidr", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "203.0.113.0/24", "198.18.0.7/32"].map((cidr) => ({
      cidr,
    })),
  ];
  const randomRule = (): NetworkRule => ({
    group: pick(hosts).name,
    direction: pick(["ingress", "egress"]),
    port: pick([80, 443, 5432]),
    protocol: "tcp",
    source: pick(sources),
    purpose: "none",
  });
  const rounds = Array.from({ length: ROUNDS }, () => ({ hosts, rules: Array.from({ length: RULES }, randomRule) }));
  // One network for all rounds: with every range that any of them names.
  const together = { hosts, rules: rounds.flatMap(({ rules }) => rules) };
  await withWire(context, together, async (wire) => {
    for (const [index, round] of rounds.entries()) {
      const again = `round ${index} of seed ${SEED}; the same rules again: REACH_SEED=${SEED} npm test -- reachability`;
      const { open, dropped } = await matches(wire, { hosts, rules: round.rules }).catch((error) => {
        throw new Error(`${error.message}\n${again}`, { cause: error });
      });
      assert.ok(open > 5 && dropped > 5, `${open} open, ${dropped} dropped in ${again}`);
    }
  });
});

/** A number from 0 to 1, the same ones for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
