import { flag, type Option, parsed, text } from "../command.js";
import { UsageError } from "./usage-error.js";

/** The stack that is meant. */
export const STACK = {
  stack: text("DIR", "folder of the stack.ts, or the file itself (default stacks/voting if it is there, else this folder)"),
};

export const json = (summary: string): { readonly json: Option<boolean> } => ({ json: flag(summary) });

export const data = (summary: string): { readonly data: Option<string | null> } => ({
  data: text("DIR", `${summary} (default .groundplan/NAME at the top of the repository)`),
});

/** Name -> port from `--port NAME=PORT`. Whether the ports can be had is seen when the stack starts. */
export function partPorts(summary: string): { readonly port: Option<Readonly<Record<string, number>>> } {
  const read = (given: readonly string[], shown: string) => {
    const ports: Record<string, number> = {};
    for (const one of given) {
      const [, name, port] = /^([^=]+)=(\d+)$/.exec(one) ?? [];
      if (name === undefined || port === undefined)
        throw new UsageError(`${shown} is written NAME=PORT, for example --port vote=9000, not "${one}".`);
      if (Object.hasOwn(ports, name)) throw new UsageError(`${shown} gives ${name} two ports (${ports[name]} and ${port}); give it one.`);
      ports[name] = portNumber(port, shown);
    }
    return ports;
  };
  return { port: { value: "NAME=PORT", summary, several: true, read } };
}

/** Name -> value from `--var NAME=VALUE`. */
export function variables(summary: string, example: string): { readonly var: Option<ReadonlyMap<string, string>> } {
  const read = (given: readonly string[], shown: string) => {
    const values = new Map<string, string>();
    for (const one of given) {
      const [, name, value] = /^([A-Za-z_][\w-]*)=([\s\S]*)$/.exec(one) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`${shown} is written NAME=VALUE, for example --var ${example}, not "${one}".`);
      if (values.has(name)) throw new UsageError(`${shown} ${name} is given twice.`);
      values.set(name, value);
    }
    return values;
  };
  return { var: { value: "NAME=VALUE", summary, several: true, read } };
}

export function portNumber(written: string, shown: string): number {
  const port = Number(written);
  if (/^\d+$/.test(written) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`${shown}: a port is a whole number from 1 to 65535, not "${written}".`);
}

/** A whole number from 1 to `most`. */
export function wholeNumber(most: number): (written: string, shown: string) => number {
  return (written, shown) => {
    const number = Number(written);
    if (/^\d+$/.test(written) && number >= 1 && number <= most) return number;
    throw new UsageError(`${shown} is a whole number from 1 to ${most}, not "${written}".`);
  };
}

export function timeout(fallback: string): { readonly timeout: Option<number> } {
  const seconds = (written: string, shown: string) => {
    const number = Number(written);
    if (/^\d+$/.test(written) && number > 0) return number;
    throw new UsageError(`${shown} is a whole number of seconds, for example --timeout 300, not "${written}".`);
  };
  return { timeout: parsed("SECONDS", "how long to wait until everything is healthy", seconds, fallback) };
}
