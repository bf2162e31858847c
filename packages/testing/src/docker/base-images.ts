import { missingProgram } from "../programs.js";
import { makeStandIn, nameOfStandIn } from "./make-stand-in.js";
import { runProgram, tryProgram } from "./run-program.js";
import { type BaseImage, STAND_IN_IMAGES } from "./stand-in-images.js";
import { tryPull } from "./try-pull.js";

type Env = Readonly<Record<string, string>>;

/**
 * Sees to it that the engine has the images under their public names: they are there, or a stand-in that was made before, or they can be
 * pulled, or stand-ins are made. Stand-ins are kept under names of their own; the public name is lent to them, and never taken from an image
 * that is none. Returns what is missing to make them, or `null`.
 */
export async function provideImages(images: readonly BaseImage[], env: Env): Promise<string | null> {
  for (const image of images) {
    const { tag } = STAND_IN_IMAGES[image];
    const ownName = nameOfStandIn(image);
    const present = await idOf(tag, env);
    const made = await idOf(ownName, env);
    const isOutdated = present !== null && present !== made && (await labelOf(tag, env)) === tag;
    if (present !== null && !isOutdated) continue;
    if (made === null) {
      if (!isOutdated && (await tryPull(tag, env))) continue;
      const { tool } = STAND_IN_IMAGES[image];
      const missing = missingProgram("root", "debootstrap", ...(tool === undefined ? [] : [tool]));
      if (missing !== null) return missing;
      process.stderr.write(`${tag} cannot be pulled: making a stand-in from this machine's packages (once, about a minute) ...\n`);
      try {
        await makeStandIn(image, ownName, env);
      } catch (error) {
        process.stderr.write(`${(error as Error).message}\n`);
        return `needs the image ${tag}, which can neither be pulled nor made here (see above)`;
      }
    }
    await runProgram("docker", ["tag", ownName, tag], { env });
    process.stderr.write(`${tag} is a stand-in here: see packages/testing/src/docker/stand-in-images.ts for how it differs\n`);
  }
  return null;
}

/** Takes the public names from the stand-ins: on an engine with other users none may take them for the real ones. */
export async function withdrawStandIns(env: Env): Promise<void> {
  for (const { tag } of Object.values(STAND_IN_IMAGES)) {
    if ((await labelOf(tag, env)) === tag) await runProgram("docker", ["image", "rm", "--no-prune", tag], { env });
  }
}

async function idOf(name: string, env: Env): Promise<string | null> {
  const { code, stdout } = await tryProgram("docker", ["image", "inspect", "--format", "{{.Id}}", name], { env });
  return code === 0 ? stdout.trim() : null;
}

async function labelOf(name: string, env: Env): Promise<string> {
  const format = '{{index .Config.Labels "groundplan.stand-in"}}';
  return (await tryProgram("docker", ["image", "inspect", "--format", format, name], { env })).stdout.trim();
}
