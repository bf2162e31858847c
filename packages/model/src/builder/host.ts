import type { HostDefinition, Subnet } from "../definition.js";
import { type ComponentReference, readComponentReference } from "./handle.js";
import { itemsOf, OptionReader, type Report } from "./option-reader.js";
import { subnet } from "./value-kind.js";

/** A machine. Its name is the name of its security group too. */
export interface HostOptions {
  /**
   * "public": it has an address that the internet can reach, on the ports of its public services only.
   * "private": it can be reached from inside the stack only. The first public host is the bastion: the way in by SSH.
   *
   * @example s.host("backend", { subnet: "private", runs: [redis, worker] })
   */
  readonly subnet: Subnet;

  /**
   * The components that run on it. Each component runs on one host.
   *
   * @example s.host("frontend", { subnet: "public", runs: [vote, "result"] })
   */
  readonly runs: readonly ComponentReference[];
}

const OPTIONS: Readonly<Record<keyof HostOptions, true>> = { subnet: true, runs: true };

export function readHost(name: string, at: string, value: unknown, report: Report): HostDefinition {
  const options = new OptionReader(at, value, OPTIONS, report);
  const runs = itemsOf(`${at}.runs`, options.raw("runs"), "runs: [vote]", report);
  return {
    name,
    // A wrong subnet counts as public: "private" would bring problems of its own, about the bastion and public services.
    subnet: options.require("subnet", subnet, "public"),
    runs: runs.map((item, index) => readComponentReference(item, `${at}.runs[${index}]`, report)),
  };
}
