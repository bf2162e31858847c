import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { suggestName, UserError, type UserProblem } from "@groundplan/model";
import { replaceFile } from "../replace-file.js";

/** Where the control room listens; no part is ever given it. */
export const CONTROL_ROOM_PORT = 8090;
const FIRST_PUBLIC = 8080;
/** Ports of parts that no person visits: below every system's range for outgoing connections, so nobody takes them by chance. */
const PRIVATE_RANGE = { first: 20_000, count: 10_000 };

/** What matters of a component here. */
export interface Listener {
  readonly name: string;
  /** `null`: it listens on nothing. */
  readonly port: number | null;
  readonly public: boolean;
}

export interface PortWishes {
  /** The components that run here, in start order: that of their declaration, where links leave a choice. */
  readonly components: readonly Listener[];
  /** Part -> port, as the user asked for it. */
  readonly overrides: Readonly<Record<string, number>>;
  /** Part -> port of the last run. */
  readonly remembered: Readonly<Record<string, number>>;
  /** Tells this copy of the stack from others on the machine, so that they do not wish for the same ports. */
  readonly seed: string;
  readonly isFree: (port: number) => Promise<boolean>;
}

export interface PortChoice {
  /** By part; parts that listen on nothing have none. */
  readonly ports: Readonly<Record<string, number>>;
  /** Those to remember for the next run: public services and ports that the user asked for are found again without. */
  readonly toRemember: Readonly<Record<string, number>>;
  /** One line for every part that did not get the port it would usually have. */
  readonly notes: readonly string[];
}

/**
 * Gives every part that listens a port of its own. Public services get 8080, 8081 and so on, in the order of `components`;
 * others keep the port of the last run. A port that is taken falls back to the next free one, except one that was asked for.
 *
 * @throws UserError with all overrides that cannot be had.
 */
export async function choosePorts(wishes: PortWishes): Promise<PortChoice> {
  const { overrides, remembered, isFree } = wishes;
  const listeners = wishes.components.filter((component) => component.port !== null);
  await requireOverridesUsable(wishes);

  const visited = listeners.filter((part) => part.public);
  const usual = new Map(visited.map((part, index) => [part.name, publicPort(index)]));
  const reserved = new Set([CONTROL_ROOM_PORT, ...Object.values(overrides)]);
  const ports: Record<string, number> = { ...overrides };
  const toRemember: Record<string, number> = { ...remembered };
  const notes: string[] = [];

  const firstFree = async (candidates: Iterable<number>): Promise<number> => {
    for (const port of candidates) if (!reserved.has(port) && (await isFree(port))) return port;
    throw new UserError({ message: "no port is free on 127.0.0.1", fix: "stop some of the programs that listen on this machine" });
  };

  for (const part of listeners) {
    if (Object.hasOwn(overrides, part.name)) continue;
    const wish = usual.get(part.name) ?? remembered[part.name];
    let port = wish;
    if (port === undefined || reserved.has(port) || !(await isFree(port))) {
      const others = [...usual.values()];
      port = await firstFree(
        part.public ? portsFrom(FIRST_PUBLIC, (next) => !others.includes(next)) : privatePorts(wishes.seed, part.name),
      );
      if (wish !== undefined) {
        const taker = Object.keys(ports).find((name) => ports[name] === wish) ?? "another program";
        notes.push(`port ${wish} is taken (by ${taker}): ${part.name} listens on ${port} instead`);
      }
    }
    ports[part.name] = port;
    if (!part.public) toRemember[part.name] = port;
    reserved.add(port);
  }
  return { ports, toRemember, notes };
}

/** The port that a public service usually has, leaving out the control room's. */
function publicPort(index: number): number {
  const port = FIRST_PUBLIC + index;
  return port < CONTROL_ROOM_PORT ? port : port + 1;
}

async function requireOverridesUsable({ components, overrides, isFree }: PortWishes): Promise<void> {
  const listeners = components.filter((component) => component.port !== null).map((component) => component.name);
  const problems: UserProblem[] = [];
  const seen = new Map<number, string>();
  for (const [name, port] of Object.entries(overrides)) {
    const at = `--port ${name}=${port}`;
    if (!listeners.includes(name)) {
      const known = components.some((component) => component.name === name);
      problems.push({
        message: known
          ? `${at}: "${name}" listens on no port`
          : `${at}: "${name}" isn't a part of this stack (parts: ${listeners.join(", ")})`,
        fix: suggestName(name, listeners, (meant) => `--port ${meant}=${port}`),
      });
    } else if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      problems.push({ message: `${at}: not a port`, fix: "write a whole number from 1 to 65535" });
    } else if (port === CONTROL_ROOM_PORT) {
      problems.push({ message: `${at}: ${CONTROL_ROOM_PORT} is the control room's port`, fix: "choose another port" });
    } else if (seen.has(port)) {
      problems.push({ message: `${at}: ${seen.get(port)} has this port already`, fix: "give each part a port of its own" });
    } else if (!(await isFree(port))) {
      problems.push({
        message: `${at}: port ${port} isn't available on 127.0.0.1 (another program listens on it, or the system refuses it)`,
        fix: `choose another port, or leave out --port ${name} to get a free one`,
      });
    }
    seen.set(port, name);
  }
  if (problems.length > 0) throw new UserError(problems);
}

function* portsFrom(first: number, allowed: (port: number) => boolean): Generator<number> {
  for (let port = first; port <= 65_535; port++) if (allowed(port)) yield port;
}

/** All ports of the private range, from a place that depends on the name only: it stays the same even when nothing is remembered. */
function* privatePorts(seed: string, name: string): Generator<number> {
  let hash = 0;
  for (const character of `${seed}/${name}`) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  for (let step = 0; step < PRIVATE_RANGE.count; step++) yield PRIVATE_RANGE.first + ((hash + step) % PRIVATE_RANGE.count);
}

const fileOf = (stateFolder: string) => join(stateFolder, "ports.json");

/** The ports of the last run by part. Only a convenience: a file that cannot be read means that ports are chosen anew, with a note. */
export function recallPorts(stateFolder: string, onNote: (text: string) => void): Readonly<Record<string, number>> {
  const path = fileOf(stateFolder);
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isPortByName(value)) return value;
    onNote(`${path} doesn't hold ports by name: choosing new ports`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      onNote(`${path} cannot be read (${(error as Error).message}): choosing new ports`);
  }
  return {};
}

export function rememberPorts(stateFolder: string, ports: Readonly<Record<string, number>>): void {
  replaceFile(fileOf(stateFolder), `${JSON.stringify(ports, null, 2)}\n`, { mode: 0o644, durable: false });
}

function isPortByName(value: unknown): value is Record<string, number> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(Number.isInteger);
}

/**
 * Whether a part can listen on the port of 127.0.0.1, and nobody else answers on it. Binding alone does not tell: a program
 * that listens on all addresses (on macOS) or on ::1 only would still catch browsers that ask for "localhost".
 */
export async function portIsFree(port: number): Promise<boolean> {
  if (!(await canBind(port))) return false;
  const answers = await Promise.all([answersOn("127.0.0.1", port), answersOn("::1", port)]);
  return !answers.includes(true);
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function answersOn(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 250 });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => answer(true));
    socket.once("timeout", () => answer(false));
    socket.once("error", () => answer(false));
  });
}
