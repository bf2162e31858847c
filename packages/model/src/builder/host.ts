import { show } from "../show.js";
import { type ComponentHandle, reference } from "./handles.js";
import { oneOf } from "./kinds.js";
import { type DefinitionOf, type Kind, type OptionsOf, type Place, readShape, required } from "./shape.js";

const components: Kind<readonly string[], readonly ComponentHandle[]> = {
  allowed: "a list of components",
  example: "[vote]",
  parse: (value, place) => {
    if (!Array.isArray(value)) {
      const found = show(value);
      const fix = "write a list, for example runs: [vote]";
      place.reading.report({ at: place.at, code: "OPTION_INVALID", message: "this is not a list", found, allowed: "a list", fix });
      return [];
    }
    return value.map((item, index) => reference.placed.parse(item, { ...place, at: `${place.at}[${index}]` }) ?? "");
  },
};

/** A machine. Its name is the name of its security group too. A stack that declares none has one, public, which runs everything. */
export const HOST = {
  /**
   * "public": it has an address that the internet can reach, on the ports of its public services only.
   * "private": it can be reached from inside the stack only. The first public host is the bastion: the way in by SSH.
   *
   * @example s.host("backend", { subnet: "private", runs: [redis, worker] })
   */
  // A wrong subnet counts as public: "private" would bring problems of its own, about the bastion and public services.
  subnet: required(oneOf(["public", "private"], "private"), "public"),

  /**
   * The components that run on it. Each component runs on one host.
   *
   * @example s.host("frontend", { subnet: "public", runs: [vote, result] })
   */
  runs: required(components, []),
};

/** A machine, and what runs on it. */
export interface HostOptions extends OptionsOf<typeof HOST> {}

/** A machine. `runs` are the names of its components. */
export interface HostDefinition extends DefinitionOf<typeof HOST> {
  readonly name: string;
}

export function readHost(name: string, value: unknown, place: Place): HostDefinition {
  return { name, ...readShape(HOST, value, place) };
}
