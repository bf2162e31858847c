import type { Command } from "../command.js";
import { jsonOption } from "./common-options.js";

export const importCompose: Command = {
  name: "import",
  summary: "Turns a Compose file into a stack file, and says what it could not carry over",
  positionals: [{ name: "file", summary: "the Compose file, for example compose.yaml" }],
  options: [
    { name: "out", value: "FILE", default: "stack.ts", summary: "the stack file to write; it must not exist" },
    { name: "name", value: "NAME", summary: "the stack's name (default: the Compose file's, or its folder's, made fit)" },
    jsonOption("print {stack, out, components, notes: [{line, at, what, advice}], problems}"),
  ],
  examples: [
    { line: "import compose.yaml", says: "writes stack.ts here; .env and env_file are read too" },
    { line: "import ../shop/docker-compose.yml --out stacks/shop/stack.ts", says: "somewhere else" },
  ],
  async run(input) {
    const { runImport } = await import("../import/run-import.js");
    return runImport(input);
  },
};
