import type { Command } from "../command.js";
import { jsonOption } from "./common-options.js";

export const init: Command = {
  name: "init",
  summary: "Starts a stack of your own: a new folder with a page, its database and a README",
  positionals: [{ name: "dir", summary: "the folder: missing or empty" }],
  options: [
    { name: "name", value: "NAME", summary: "the stack's name (default: the folder's, made fit)" },
    jsonOption("print {name, folder, files, next}"),
  ],
  examples: [
    { line: "init shop", says: "then: cd shop && npm install && npm start" },
    { line: "init . --name shop", says: "in this folder" },
  ],
  async run(input) {
    const { runInit } = await import("../init/run-init.js");
    return runInit(input);
  },
};
