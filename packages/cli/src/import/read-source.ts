import { posix } from "node:path";
import type { ComposeService } from "./compose-service.js";
import type { Notes } from "./notes.js";
import { objectOf } from "./values.js";

/** What a service runs. */
export type Source = { readonly build: string } | { readonly image: string };

/**
 * @param place The way from the stack file's folder to that of the Compose file.
 * @returns `null`: nothing that a stack could run, and a note says why.
 */
export function readSource({ key, name, values }: ComposeService, place: string, notes: Notes): Source | null {
  const path = ["services", key];
  const { build, image } = values;
  if (build === undefined) {
    if (typeof image === "string" && image !== "") return { image };
    notes.add(path, null, `${key} is left out: it has neither build nor image`, "declare it with s.service, with a build or an image");
    return null;
  }
  const options = typeof build === "string" ? { context: build } : objectOf(build);
  const context = String(options.context ?? ".");
  for (const option of Object.keys(options).filter((other) => other !== "context")) {
    if (option === "dockerfile" && options.dockerfile === "Dockerfile") continue;
    notes.add(
      [...path, "build", option],
      name,
      `build.${option} is not carried over`,
      "the file Dockerfile of the folder is built, with its own defaults",
    );
  }
  if (/^([a-z]+:\/\/|git@|[/\\~]|[A-Za-z]:)/.test(context)) {
    notes.add(
      [...path, "build"],
      null,
      `${key} is left out: it is built from ${context}`,
      "copy it to a folder beside the stack file, and declare it with s.service",
    );
    return null;
  }
  if (typeof image === "string" && posix.basename(image.split(":")[0] ?? "") !== key) {
    notes.add([...path, "image"], name, `the image's name ${image} is not carried over`, "groundplan build names it STACK/SERVICE");
  }
  const folder = posix.normalize(posix.join(place, context)).replace(/\/+$/, "");
  return { build: folder.startsWith(".") ? folder : `./${folder}` };
}
