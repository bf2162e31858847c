import { json } from "../arguments/options.js";
import { command, text } from "../command.js";
import { runImport } from "../import/run-import.js";
import { runInit } from "../init/run-init.js";

const NAME = (source: string) => text("NAME", `the stack's name (default: ${source}, made to fit)`);

export const init = command({
  summary: "Start a stack of your own in a new folder: a page, its database and a README",
  arguments: [{ name: "dir", summary: "a folder that is missing or empty" }],
  options: { name: NAME("the folder's"), ...json("print {name, folder, files, next}") },
  examples: [
    { line: "init shop", says: "then: cd shop && npm install && npm start" },
    { line: "init . --name shop", says: "in this folder" },
  ],
  run: runInit,
});

export const importCompose = command({
  summary: "Turn a Compose file into a stack file, and say what it couldn't carry over",
  arguments: [{ name: "file", summary: "the Compose file, for example compose.yaml" }],
  options: {
    out: text("FILE", "the stack file to write; it must not exist yet", "stack.ts"),
    name: NAME("the Compose file's, or its folder's"),
    ...json("print {stack, out, components, notes: [{line, at, what, advice}], problems}"),
  },
  examples: [
    { line: "import compose.yaml", says: "write stack.ts here; .env and env_file are read too" },
    { line: "import ../shop/docker-compose.yml --out stacks/shop/stack.ts", says: "write it somewhere else" },
  ],
  run: runImport,
});
