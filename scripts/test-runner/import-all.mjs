// node ... import-all.mjs FILE ...: several test files in one process.

import { resolve } from "node:path";
import { before } from "node:test";
import { pathToFileURL } from "node:url";

// A test that is defined while no other runs begins at once: before the lines below it in its file were reached, if the tests of the files
// before it happen to be done by then. So the first waits until all files are read.
let read;
const allRead = new Promise((done) => {
  read = done;
});
before(() => allRead);
for (const file of process.argv.slice(2)) await import(pathToFileURL(resolve(file)).href);
read();
