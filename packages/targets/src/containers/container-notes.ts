import { readyImageOf } from "@groundplan/model";
import { containerHealth } from "./container-health.js";
import { type ContainerPlan, usersOf } from "./container-plan.js";
import { isPinned } from "./image-name.js";

/** What the user should know of the containers of a stack, whatever runs them. `file`: the file that they are written to. */
export function containerNotes(containers: ContainerPlan, file: string): readonly string[] {
  const { components, leftOut } = containers;
  return [
    ...leftOut.map(({ name }) => {
      const users = usersOf(containers, name);
      const missed = users.length === 0 ? "" : `, and ${list(users)} will not find it`;
      return `${name} has no image, so it is not in ${file}${missed}: add image: build("./${name}") to s.service("${name}")`;
    }),
    ...components.flatMap(({ name, source }) => {
      const image = readyImageOf(source);
      if (image === null || isPinned(image)) return [];
      return [`${name} runs the image "${image}", which names no version: what runs may change by itself; add a tag`];
    }),
    ...components.flatMap((component) => {
      const users = usersOf(containers, component.name);
      if (containerHealth(component) !== null || users.length === 0) return [];
      const fix = `add health: { command: "..." } to s.service("${component.name}")`;
      return [`nothing tells when ${component.name} is healthy, so ${list(users)} cannot wait for that: ${fix}`];
    }),
  ];
}

/** "a", "a and b", "a, b and c". */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
