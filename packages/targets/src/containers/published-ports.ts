import type { Plan } from "@groundplan/model";

const FIRST = 8080;
/** The control room of `groundplan up` has it: both may run on one machine. */
const CONTROL_ROOM = 8090;

/** Public service -> the port of the machine that it is published on unless the user says otherwise: the same as under `groundplan up`. */
export function publishedPorts({ components }: Plan): ReadonlyMap<string, number> {
  const visited = components.filter((component) => component.public && component.port !== null);
  return new Map(
    visited.map(({ name }, index) => {
      const port = FIRST + index;
      return [name, port < CONTROL_ROOM ? port : port + 1];
    }),
  );
}
