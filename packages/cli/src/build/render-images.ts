import { renderTable } from "../output/render-table.js";
import type { BuiltImage } from "./build-images.js";

/** What was built, as a table. */
export function renderImages(images: readonly BuiltImage[]): string {
  return renderTable(
    ["image", "size", "over its base", "seconds"],
    images.map(({ image, sizeBytes, overBaseBytes, seconds }) => [
      image,
      sizeText(sizeBytes),
      overBaseBytes === null ? "unknown" : sizeText(overBaseBytes),
      seconds.toFixed(1),
    ]),
  );
}

/** As Docker shows sizes: a MB has 10^6 bytes. */
function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
