import { UsageError, unknownName } from "../arguments/usage-error.js";
import { flag, parsed, text, type ValuesOf } from "../command.js";

/** How images are made ready on the way. */
export const BUILDING = {
  base: text("IMAGE", "base image in place of the Dockerfiles' own (their build argument BASE)"),
  noPrepare: flag("skip the services' prepare: what the Dockerfiles copy is already there"),
};

/** The same for `buildImages`. */
export function howToBuild({ base, noPrepare }: ValuesOf<typeof BUILDING>): { readonly base: string | null; readonly prepare: boolean } {
  return { base, prepare: !noPrepare };
}

export const NO_BUILD = { noBuild: flag("build nothing: take the images as they are") };

/** A tag that Docker takes (https://docs.docker.com/reference/cli/docker/image/tag/). */
export function imageTag(tag: string, shown: string): string {
  if (/^\w[\w.-]{0,127}$/.test(tag)) return tag;
  throw new UsageError(`${shown}: a tag has up to 128 letters, digits, "_", "." and "-", and doesn't begin with "." or "-", not "${tag}".`);
}

export const TAG = parsed("TAG", "version of the images", imageTag, "latest");

/**
 * The services that `--service` names, all of these kinds if there is none.
 *
 * @throws UsageError when the stack has no such service.
 */
export function wantedServices(wanted: readonly string[], stack: string, known: readonly string[], kind: string): readonly string[] {
  for (const name of wanted)
    if (!known.includes(name)) throw unknownName(`--service ${name}: ${stack} has no ${kind} "${name}"`, name, known);
  return wanted.length === 0 ? known : known.filter((name) => wanted.includes(name));
}
