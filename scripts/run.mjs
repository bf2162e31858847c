// node scripts/run.mjs <compiled file> [arguments]: makes the checkout ready, then runs the file in this process.
import { pathToFileURL } from "node:url";
import { ROOT, ready } from "./ready.mjs";

await ready();
const [entry, ...args] = process.argv.slice(2);
process.argv = [process.execPath, ROOT + entry, ...args];
await import(pathToFileURL(ROOT + entry).href);
