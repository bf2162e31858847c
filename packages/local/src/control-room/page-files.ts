import { readdirSync, readFileSync } from "node:fs";

/**
 * The page is served as it is written, from the source folder. src/ and dist/ stand side by side and are
 * equally deep, so this one path is right from the compiled file as well; nothing is copied.
 */
const FOLDER = new URL("../../src/control-room/page/", import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * The page's file at a URL path, `null` if it has none. Only names that the folder holds are read, so no path leads out of it.
 * Read anew each time: whoever works on the page only reloads.
 */
export function pageFile(path: string): PageFile | null {
  const name = path === "/" ? "index.html" : path.slice(1);
  const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (contentType === undefined || !readdirSync(FOLDER).includes(name)) return null;
  return { contentType, body: readFileSync(new URL(name, FOLDER)) };
}
