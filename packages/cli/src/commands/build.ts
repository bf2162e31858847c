import { BASE_OPTION, NO_PREPARE_OPTION, TAG_OPTION } from "../build/build-options.js";
import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

export const build: Command = {
  name: "build",
  summary: "Builds the images of the stack's services with Docker",
  positionals: [],
  options: [
    STACK_OPTION,
    { name: "service", value: "NAME", several: true, summary: "only this one" },
    TAG_OPTION,
    BASE_OPTION,
    NO_PREPARE_OPTION,
    jsonOption("print {stack, tag, images: [{service, image, id, sizeBytes, overBaseBytes, seconds}], problems}"),
  ],
  examples: [
    { line: "build", says: "all images, as STACK/SERVICE:latest" },
    { line: "build --service vote --tag v2", says: "one of them, as a new version" },
    { line: "build --base node:22-bookworm-slim", says: "on another base" },
  ],
  async run(input) {
    const { runBuild } = await import("../build/run-build.js");
    return runBuild(input);
  },
};
