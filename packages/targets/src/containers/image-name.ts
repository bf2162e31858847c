/** The tag of images that are built here, unless TAG says otherwise. */
export const DEFAULT_TAG = "latest";

/** Name, without a tag, of the image that is built for a service of a stack. */
export function imageNameOf(stack: string, service: string): string {
  return `${stack}/${service}`;
}

/** Whether a reference names one version: by a digest, or by a tag that does not move by its meaning. */
export function isPinned(image: string): boolean {
  if (image.includes("@")) return true;
  const tag = image.slice(image.lastIndexOf("/") + 1).split(":")[1];
  return tag !== undefined && tag !== "" && tag !== "latest";
}
