/** What matters of an image, out of `docker image inspect`. */
export interface Image {
  readonly id: string;
  readonly sizeBytes: number;
  readonly layers: readonly string[];
  readonly hasHealthCheck: boolean;
}

interface Inspected {
  readonly Id: string;
  readonly Size: number;
  readonly RootFS: { readonly Layers?: readonly string[] | null };
  readonly Config: { readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null };
}

/** Reads what `docker image inspect` prints for one image. */
export function parseImage(json: string): Image {
  const [found]: readonly Inspected[] = JSON.parse(json);
  if (found === undefined) throw new Error("docker image inspect printed no image");
  const test = found.Config.Healthcheck?.Test ?? [];
  return {
    id: found.Id,
    sizeBytes: found.Size,
    layers: found.RootFS.Layers ?? [],
    hasHealthCheck: test.length > 0 && test[0] !== "NONE",
  };
}

/** How many bytes an image adds to the one it starts from; `null`: it does not start from that one. */
export function sizeOverBase(image: Image, base: Image): number | null {
  const isOnTop = base.layers.every((layer, index) => image.layers[index] === layer);
  return isOnTop ? image.sizeBytes - base.sizeBytes : null;
}
