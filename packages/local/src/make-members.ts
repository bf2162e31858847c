import { join } from "node:path";
import type { Plan, PlannedComponent } from "@groundplan/model";
import { UserError } from "@groundplan/model";
import { envOf } from "./env-of.js";
import type { Member } from "./local-stack.js";
import { Part, type PartContext } from "./parts/part.js";
import type { Program } from "./parts/program.js";
import { RedisProgram } from "./parts/redis-program.js";
import { ServiceProgram } from "./parts/service-program.js";
import type { StandIns } from "./parts/stand-ins.js";
import type { PortsFor } from "./ports/reroute-links.js";
import { PostgresProgram } from "./postgres/postgres-program.js";
import type { PartState } from "./running-stack.js";

export interface MemberOptions {
  /** As it runs here: clients of a component that has no server use its stand-in. */
  readonly plan: Plan;
  readonly standIns: StandIns;
  readonly ports: Readonly<Record<string, number>>;
  readonly portsFor: PortsFor;
  readonly secrets: Readonly<Record<string, string>>;
  /** `null` only when every Redis component has a stand-in. */
  readonly redisServer: string | null;
  readonly stackFolder: string;
  readonly stateFolder: string;
  readonly watch: boolean;
  readonly context: PartContext;
}

/**
 * A part for every component, in start order, none of them started.
 *
 * @throws UserError with the problems of all services that cannot be launched.
 */
export function makeMembers(options: MemberOptions): readonly Member[] {
  const services: ServiceProgram[] = [];
  const members = options.plan.components.map((component): Member => {
    const { name, after } = component;
    const state = firstState(component, options);
    if (state.standIn !== null) return { name, after, part: null, state };
    const program = programOf(component, state, options);
    if (program instanceof ServiceProgram) services.push(program);
    return { name, after, part: new Part(program, state, options.context) };
  });
  const problems = services.flatMap((service) => service.problems());
  if (problems.length > 0) throw new UserError(problems);
  return members;
}

function firstState(component: PlannedComponent, { ports, standIns }: MemberOptions): PartState {
  const { name, kind } = component;
  const port = ports[name] ?? null;
  const standIn = standIns.get(name) ?? null;
  const url = component.public && port !== null ? `http://127.0.0.1:${port}` : null;
  const what = { name, kind, pid: null, port, url, restarts: 0, since: Date.now(), standIn };
  if (standIn === null) return { ...what, status: "waiting", reason: null };
  return { ...what, status: "stopped", reason: `not installed here: ${standIn} serves its clients` };
}

function programOf(component: PlannedComponent, { port }: PartState, options: MemberOptions): Program {
  const { name, source } = component;
  const { portsFor, secrets, redisServer, stackFolder, stateFolder, watch, context } = options;
  const { onNote } = context;
  const dataFolder = join(stateFolder, "data", name);
  switch (source.kind) {
    case "service":
      return new ServiceProgram({ component, stackFolder, port, env: envOf(component, { ports: portsFor(name), secrets }), watch });
    case "redis":
      if (redisServer === null || port === null) throw new Error(`${name} has no server, no port or no stand-in`);
      return new RedisProgram({ server: redisServer, dataFolder, port, onNote });
    case "postgres": {
      const { database, user, passwordSecret } = source;
      const password = secrets[passwordSecret];
      if (password === undefined || port === null) throw new Error(`${name} has no password or no port`);
      const onInitdb = (pid: number) => context.record.started(name, pid, "SIGKILL");
      return new PostgresProgram({ dataFolder, address: { port, database, user, password }, onNote, onInitdb });
    }
  }
}
