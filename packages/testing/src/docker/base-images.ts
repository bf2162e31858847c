import { missingProgram } from "../programs.js";
import { makeStandIn } from "./make-stand-in.js";
import { runProgram, tryProgram } from "./run-program.js";
import { type BaseImage, STAND_IN_IMAGES } from "./stand-in-images.js";
import { tryPull } from "./try-pull.js";

type Env = Readonly<Record<string, string>>;

/** Stand-ins are kept under a name of their own; the public name is lent to them. */
const ownName = (image: BaseImage): string => `groundplan-stand-in/${STAND_IN_IMAGES[image].tag}`;

/**
 * Sees to it that the engine has the images under their public names: they are there, or a stand-in that was made before, or they can be
 * pulled, or stand-ins are made. A name that exists is never given to another image. Returns what is missing to make them, or `null`.
 */
export async function provideImages(images: readonly BaseImage[], env: Env): Promise<string | null> {
  for (const image of images) {
    const { tag } = STAND_IN_IMAGES[image];
    if (await hasImage(tag, env)) continue;
    if (!(await hasImage(ownName(image), env))) {
      if (await tryPull(tag, env)) continue;
      const { tool } = STAND_IN_IMAGES[image];
      const missing = missingProgram("root", "debootstrap", ...(tool === undefined ? [] : [tool]));
      if (missing !== null) return missing;
      process.stderr.write(`${tag} cannot be pulled: making a stand-in from this machine's packages (once, about a minute) ...\n`);
      try {
        await makeStandIn(image, ownName(image), env);
      } catch (error) {
        process.stderr.write(`${(error as Error).message}\n`);
        return `needs the image ${tag}, which can neither be pulled nor made here (see above)`;
      }
    }
    await runProgram("docker", ["tag", ownName(image), tag], { env });
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

async function hasImage(name: string, env: Env): Promise<boolean> {
  return (await tryProgram("docker", ["image", "inspect", name], { env })).code === 0;
}

async function labelOf(name: string, env: Env): Promise<string> {
  const format = '{{index .Config.Labels "groundplan.stand-in"}}';
  return (await tryProgram("docker", ["image", "inspect", "--format", format, name], { env })).stdout.trim();
}
