import { nearest, type Plan } from "@groundplan/model";
import type { Arguments } from "../arguments/arguments.js";
import { UsageError } from "../arguments/usage-error.js";
import type { OptionSpec } from "../command.js";

export const TAG_OPTION: OptionSpec = { name: "tag", value: "TAG", default: "latest", summary: "version of the images" };

export const BASE_OPTION: OptionSpec = {
  name: "base",
  value: "IMAGE",
  summary: "image to build on, in place of the Dockerfiles' own (their build argument BASE)",
};

export const NO_PREPARE_OPTION: OptionSpec = {
  name: "no-prepare",
  value: null,
  summary: "do not run the services' prepare: what the Dockerfiles copy is there",
};

/** @throws UsageError when it is none that Docker takes (https://docs.docker.com/reference/cli/docker/image/tag/). */
export function imageTag(given: Arguments): string {
  const tag = given.text("tag") ?? "";
  if (/^\w[\w.-]{0,127}$/.test(tag)) return tag;
  throw new UsageError(`--tag: a tag has up to 128 letters, digits, "_", "." and "-", and begins with none of the last two, not "${tag}".`);
}

/**
 * The services that `--service` names, all of these kinds if there is none.
 *
 * @throws UsageError when the stack has no such service.
 */
export function wantedServices(given: Arguments, plan: Plan, known: readonly string[], kind: string): readonly string[] {
  const wanted = given.list("service");
  for (const name of wanted) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const guess = meant === null ? "" : ` Did you mean "${meant}"?`;
    throw new UsageError(`--service ${name}: ${plan.stack} has no ${kind} "${name}" (${known.join(", ")}).${guess}`);
  }
  return wanted.length === 0 ? known : known.filter((name) => wanted.includes(name));
}
