import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PipelineDefinition, PipelineMetric, Plan, PlannedComponent } from "@groundplan/model";
import type { LogLine, PartState, RunningStack } from "../../src/running-stack.js";

/** A running stack that runs nothing: tests and the demo say what its parts are and print. */
export interface FakeStack extends RunningStack {
  /** Actions taken, for example "kill vote". */
  readonly actions: string[];
  set(name: string, change: Partial<PartState>): void;
  print(line: Partial<LogLine> & { text: string }): void;
  /** How many listen. */
  listeners(): number;
  /** Set: every action fails with it. */
  failWith: Error | null;
}

export function fakeStack(plan: Plan, states: readonly PartState[]): FakeStack {
  let parts = [...states];
  const lines: LogLine[] = [];
  const stateListeners = new Set<(state: PartState) => void>();
  const logListeners = new Set<(line: LogLine) => void>();

  const fake: FakeStack = {
    plan,
    actions: [],
    failWith: null,
    states: () => parts,
    logs: () => lines,
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    onLog(listener) {
      logListeners.add(listener);
      return () => logListeners.delete(listener);
    },
    stop: (name) => act("stop", name),
    kill: (name) => act("kill", name),
    restart: (name) => act("restart", name),
    shutDown: async () => {},
    set(name, change) {
      parts = parts.map((part) => (part.name === name ? { ...part, since: Date.now(), ...change } : part));
      const changed = parts.find((part) => part.name === name);
      if (changed) for (const listener of stateListeners) listener(changed);
    },
    print(line) {
      const whole: LogLine = { time: Date.now(), from: "groundplan", stream: "stdout", ...line };
      lines.push(whole);
      if (lines.length > 2_000) lines.shift();
      for (const listener of logListeners) listener(whole);
    },
    listeners: () => stateListeners.size + logListeners.size,
  };

  async function act(action: string, name: string): Promise<void> {
    if (fake.failWith !== null) throw fake.failWith;
    fake.actions.push(`${action} ${name}`);
  }

  return fake;
}

export function part(name: string, state: Partial<PartState> = {}): PartState {
  return {
    name,
    kind: "service",
    status: "healthy",
    reason: null,
    pid: 4_000,
    port: null,
    url: null,
    restarts: 0,
    since: Date.now(),
    standIn: null,
    ...state,
  };
}

/** A plan with only what the control room reads. */
export function planWith(plan: Partial<Plan>): Plan {
  return {
    stack: "voting",
    components: [],
    links: [],
    hosts: [],
    rules: [],
    secrets: [],
    scrapes: [],
    monitoring: null,
    pipeline: null,
    aws: { region: "us-east-1", instanceTypes: {}, availabilityZones: 1, nat: true, domain: null },
    ...plan,
  };
}

/** Levels and nothing else. */
export function pipelineOf(levels: readonly PipelineMetric[]): PipelineDefinition {
  return { levels: levels.map((level) => ({ ...level, shared: false })), lag: null, latencies: [], errors: [], stops: [] };
}

export function component(name: string, given: Partial<PlannedComponent> = {}): PlannedComponent {
  return {
    name,
    kind: "service",
    host: "one",
    port: 80,
    public: false,
    after: [],
    env: {},
    health: { kind: "process" },
    metrics: "/metrics",
    memoryMb: 256,
    source: {
      kind: "service",
      image: null,
      local: ["true"],
      watch: { run: null, also: [] },
      health: { ready: "/healthz", live: "/healthz", command: null },
      replicas: 1,
      hardened: true,
      internet: false,
      stopSeconds: null,
    },
    ...given,
  };
}

/** A service's metrics. */
export async function metricsServer(text: () => string): Promise<{ port: number; server: Server }> {
  const server = createServer((_request, response) => response.end(text()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, server };
}
