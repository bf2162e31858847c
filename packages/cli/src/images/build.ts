import { UserError } from "@groundplan/model";
import { json, STACK } from "../arguments/options.js";
import { command, texts } from "../command.js";
import { needEngine } from "../docker/engine.js";
import { renderTable } from "../output/tables.js";
import { withDocker } from "../programs/with-programs.js";
import { openPlan } from "../stack-file/open-plan.js";
import { type BuiltImage, buildImages } from "./build-images.js";
import { buildables, checkFolders } from "./buildable.js";
import { BUILDING, howToBuild, TAG, wantedServices } from "./options.js";

/** `groundplan build`: resolves when every image was built, or has failed. */
export const build = command({
  summary: "Build the images of the stack's services with Docker",
  arguments: [],
  options: {
    ...STACK,
    service: texts("NAME", "only this service"),
    tag: TAG,
    ...BUILDING,
    ...json("print {stack, tag, images: [{service, image, id, sizeBytes, overBaseBytes, seconds}], problems}"),
  },
  examples: [
    { line: "build", says: "all images, as STACK/SERVICE:latest" },
    { line: "build --service vote --tag v2", says: "one of them, as a new version" },
    { line: "build --base node:22-bookworm-slim", says: "on another base image" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const { tag } = options;
    const opened = await openPlan(input);
    if (opened === null) return 1;
    const { plan, folder } = opened;

    const all = buildables(plan, folder, tag);
    if (all.length === 0) {
      throw new UserError({
        message: `${plan.stack} has no service that is built here`,
        fix: "run it as it is (groundplan compose up takes ready images), or give a service a folder with a Dockerfile (build in stack.ts)",
      });
    }
    const names = wantedServices(
      options.service,
      plan.stack,
      all.map(({ service }) => service),
      "service that is built",
    );
    const services = all.filter(({ service }) => names.includes(service));
    checkFolders(services, folder);

    return withDocker(input, {
      names,
      async run(docker) {
        await needEngine(docker.runner);
        const { images, problems } = await buildImages(services, { ...howToBuild(options), folder: input.folder }, docker);
        docker.progress.close();
        if (options.json) {
          terminal.out(
            JSON.stringify({ stack: plan.stack, tag, images, problems: problems.map(({ message, fix }) => ({ message, fix })) }, null, 2),
          );
        } else if (images.length > 0) terminal.out(renderImages(images));
        if (problems.length > 0) throw new UserError(problems);
        return 0;
      },
      async stopped(_, say) {
        say("stopped; unfinished images are as they were before");
        return 1;
      },
    });
  },
});

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
