import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { INTERNET, OPERATOR, type ReachEnd, type RuleSet, reachability } from "@groundplan/model";
import { tryProgram } from "../docker/run-program.js";
import { missingProgram } from "../programs.js";
import type { Addresses } from "./render-nftables.js";

/** From `src` and from `dist` alike: the compiler leaves it where it is. */
const AGENT = fileURLToPath(new URL("../../src/namespaces/agent.mjs", import.meta.url));

/** What came of an attempt to open a connection. */
export type AttemptOutcome = "open" | "dropped" | "refused" | `failed: ${string}`;

export interface Attempt {
  readonly from: ReachEnd;
  readonly to: ReachEnd;
  readonly port: number;
  /** After that time without an answer it counts as dropped. */
  readonly limitMs: number;
}

/** A network of namespaces on this machine, one for each end, all on one wire. */
export interface Namespaces {
  /** Puts rules for nftables into the namespace of an end, in place of those that it has. */
  load(end: ReachEnd, ruleset: string): Promise<void>;
  /** Opens every connection, all at once. */
  attempt(attempts: readonly Attempt[]): Promise<readonly AttemptOutcome[]>;
  close(): Promise<void>;
}

/** Of RFC 5737: in use nowhere, and in no range of a plan. */
const INTERNET_ADDRESS = "198.51.100.1";

const OPERATOR_ADDRESS = "192.0.2.1";

/** Clouds keep the first addresses of a subnet to themselves. */
const FIRST_HOST = 10;

/**
 * Starts a namespace for each end, with a listener on each port. They are in a private mount namespace of one process that ends when this one
 * does: nothing of them has a name on this machine, and nothing can be left behind.
 */
export async function openNamespaces(addresses: Addresses, ports: readonly number[]): Promise<Namespaces | { readonly missing: string }> {
  const missing = missingProgram("root", "unshare", "nsenter", "ip", "nft");
  if (missing !== null) return { missing };
  if (!(await canOpen())) return { missing: "needs root with the right to make network namespaces" };
  const ends = [...addresses.keys()];
  const nameOf = (end: ReachEnd): string => `end${ends.indexOf(end)}`;
  const holder = new Talker("unshare", ["--net", "--mount", "--propagation", "private", "sh", "-ec", script([...addresses.values()])]);
  const inside = (program: string, ...args: string[]): [string, string[]] => [
    "nsenter",
    ["--target", String(holder.pid), "--net", "--mount", "ip", "netns", "exec", program, ...args],
  ];
  const agents = new Map<ReachEnd, Talker>();
  const close = async (): Promise<void> => {
    await Promise.all([...agents.values(), holder].map((talker) => talker.end()));
  };
  try {
    await holder.ask("ready?");
    for (const end of ends) agents.set(end, new Talker(...inside(nameOf(end), process.execPath, AGENT)));
    await Promise.all([...agents.values()].map((agent) => agent.ask(JSON.stringify({ listenOn: ports }))));
  } catch (error) {
    await close();
    throw error;
  }
  const agentOf = (end: ReachEnd): Talker => {
    const agent = agents.get(end);
    if (agent === undefined) throw new Error(`there is no namespace for "${end}", only for ${ends.join(", ")}`);
    return agent;
  };
  return {
    async load(end, ruleset) {
      const nft = new Talker(...inside(nameOf(end), "nft", "--file", "-"));
      nft.say(ruleset);
      await nft.end();
    },
    async attempt(attempts) {
      const outcomes = new Map<Attempt, AttemptOutcome>();
      const ask = async (from: ReachEnd): Promise<void> => {
        const own = attempts.filter((one) => one.from === from);
        const connectTo = own.map(({ to, port, limitMs }) => ({ address: addresses.get(to), port, limitMs }));
        const answers: AttemptOutcome[] = JSON.parse(await agentOf(from).ask(JSON.stringify({ connectTo })));
        for (const [index, one] of own.entries()) outcomes.set(one, answers[index] ?? "failed: no answer");
      };
      await Promise.all([...new Set(attempts.map(({ from }) => from))].map(ask));
      return attempts.map((one) => outcomes.get(one) ?? "failed: not tried");
    },
    close,
  };
}

/** Whether one of each thing that it takes can be made here; it is gone with the process that made it. */
async function canOpen(): Promise<boolean> {
  const once =
    "nsenter --version && mount -t tmpfs tmpfs /run && ip link add type bridge && ip link add type veth && nft add table inet once";
  return (await tryProgram("unshare", ["--net", "--mount", "--propagation", "private", "sh", "-c", once])).code === 0;
}

/** Builds the network, then holds it until its stdin ends. /run is its own, so that the namespaces' names are seen by nobody else. */
function script(addresses: readonly string[]): string {
  const ends = addresses.flatMap((address, index) => [
    `ip netns add end${index}`,
    `ip link add wire${index} type veth peer name eth0 netns end${index}`,
    `ip link set wire${index} master switch up`,
    `ip -n end${index} link set lo up`,
    `ip -n end${index} address add ${address}/32 dev eth0`,
    `ip -n end${index} link set eth0 up`,
    `ip -n end${index} route add default dev eth0`,
  ]);
  return ["mount -t tmpfs tmpfs /run", "ip link add switch type bridge", "ip link set switch up", ...ends, "exec cat"].join("\n");
}

/** A program that answers a line with a line. */
class Talker {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #what: string;
  readonly #ended: Promise<number | null>;
  readonly #waiting: ((line: string) => void)[] = [];
  #stderr = "";

  constructor(program: string, args: readonly string[]) {
    this.#what = program;
    this.#child = spawn(program, args);
    this.#child.stderr.setEncoding("utf8").on("data", (chunk) => {
      this.#stderr += chunk;
    });
    // A program that has ended says so by its exit code.
    this.#child.stdin.on("error", () => {});
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#waiting.shift()?.(line));
    this.#ended = once(this.#child, "close").then(([code]) => code);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async ask(line: string): Promise<string> {
    const answer = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.say(line);
    return Promise.race([answer, this.#ended.then((code) => Promise.reject(this.#failure(code)))]);
  }

  /** Says that nothing more comes, and waits for its end. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    const code = await this.#ended;
    if (code !== 0) throw this.#failure(code);
  }

  #failure(code: number | null): Error {
    return new Error(`${this.#what} ended with ${code}: ${this.#stderr.trim()}`);
  }
}

/** An address for every end that a plan's rules know: each host in its subnet, the others outside. */
export function addressesOf(facts: RuleSet): Addresses {
  const hosts = facts.hosts.map(({ name, cidr }, index): [string, string] => [name, addressIn(cidr, FIRST_HOST + index)]);
  const ranges = reachability(facts)
    .flatMap(({ from, to }) => [from, to])
    .filter((end) => end.includes("/"));
  return new Map([
    [INTERNET, INTERNET_ADDRESS],
    [OPERATOR, OPERATOR_ADDRESS],
    ...ranges.map((range): [string, string] => [range, addressIn(range, range.endsWith("/32") ? 0 : 1)]),
    ...hosts,
  ]);
}

function addressIn(cidr: string, offset: number): string {
  const [network = ""] = cidr.split("/");
  const octets = network.split(".").map(Number);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + offset].join(".");
}
