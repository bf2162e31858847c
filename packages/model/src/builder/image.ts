import { show } from "../show.js";
import { UNREADABLE } from "./handles.js";
import { commandLine, isFolder } from "./kinds.js";
import { type DefinitionOf, type Kind, type OptionsOf, optional, readShape } from "./shape.js";

/** How an image is built. */
export const BUILD = {
  /**
   * What makes ready what the Dockerfile copies, for example a bundle: runs in the folder before the image is built. No shell runs it:
   * text is split on spaces, and quotes keep a part together.
   *
   * @default none: the Dockerfile needs nothing but what lies in the folder
   * @example build("./vote", { before: "npm run bundle" })
   */
  before: optional(commandLine("npm run bundle")),
};

/** How an image is built. */
export interface BuildOptions extends OptionsOf<typeof BUILD> {}

declare const made: unique symbol;

/** An image that is built here, as `build` returns it. */
export interface BuiltImage {
  readonly build: string;
  readonly [made]: "image";
}

/** An image of the stack's own, as the definition holds it. */
export interface BuildDefinition extends DefinitionOf<typeof BUILD> {
  /** The folder with the Dockerfile and the program, relative to the stack file. */
  readonly build: string;
}

/** What was given to `build`, by what it returned. */
const BUILDS = new WeakMap<object, { readonly folder: unknown; readonly options: unknown }>();

/**
 * An image that is built from a folder with a Dockerfile. It checks nothing itself: `groundplan check` reports what is wrong with it,
 * together with all else.
 *
 * @param folder The folder, relative to the stack file. Without a container the service runs in it too.
 * @example s.service("vote", { image: build("./vote"), port: 80 })
 * @example s.service("vote", { image: build("./vote", { before: "npm run bundle" }), port: 80 })
 */
export function build(folder: string, options?: BuildOptions): BuiltImage {
  const image = Object.freeze({ build: folder }) as BuiltImage;
  BUILDS.set(image, { folder, options });
  return image;
}

interface HasImage {
  readonly image: string | BuildDefinition | null;
}

/**
 * How the image of a component is built; `null`: it is a ready one, or it has none.
 *
 * @example buildOf(component.source)?.build;   // "./vote"
 */
export function buildOf({ image }: HasImage): BuildDefinition | null {
  return typeof image === "string" ? null : image;
}

/**
 * The ready image that a component runs from, by its name; `null`: it is built here, or it has none.
 *
 * @example readyImageOf(component.source);   // "nginx:1.27"
 */
export function readyImageOf({ image }: HasImage): string | null {
  return typeof image === "string" ? image : null;
}

/** A ready image by its name, or one that is built here. */
export const image: Kind<string | BuildDefinition, string | BuiltImage> = {
  allowed: "the name of an image, or build(...)",
  example: 'build("./vote")',
  parse: (value, place) => {
    if (typeof value === "string") return value.trim() === "" ? undefined : value;
    const built = typeof value === "object" && value !== null ? BUILDS.get(value) : undefined;
    if (built === undefined) return undefined;
    const options = readShape(BUILD, built.options, place);
    if (typeof built.folder === "string" && isFolder(built.folder)) return { build: built.folder, ...options };
    place.reading.report({
      at: place.at,
      code: "OPTION_INVALID",
      message: "build takes a folder relative to the stack file",
      found: show(built.folder),
      allowed: "a folder relative to the stack file",
      fix: 'write one, for example build("./vote")',
    });
    return UNREADABLE;
  },
};
