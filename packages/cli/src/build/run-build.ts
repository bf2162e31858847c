import { UserError } from "@groundplan/model";
import type { CommandInput, ExitCode } from "../command.js";
import { needEngine } from "../docker/need-engine.js";
import { withDocker } from "../docker/with-docker.js";
import { openPlan } from "../stack-file/open-plan.js";
import { buildImages } from "./build-images.js";
import { imageTag, wantedServices } from "./build-options.js";
import { buildables, checkFolders } from "./buildable.js";
import { renderImages } from "./render-images.js";

/** `groundplan build`: resolves when every image was built, or has failed. */
export async function runBuild(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const tag = imageTag(given);
  const opened = await openPlan(input);
  if (opened === null) return 1;
  const { plan, folder } = opened;

  const all = buildables(plan, folder, tag);
  if (all.length === 0) {
    throw new UserError({
      message: `no service of ${plan.stack} is built here`,
      fix: "nothing has to be done: groundplan compose up takes ready images; or give a service a folder with a Dockerfile (build in stack.ts)",
    });
  }
  const names = wantedServices(
    given,
    plan,
    all.map(({ service }) => service),
    "service that is built",
  );
  const services = all.filter(({ service }) => names.includes(service));
  checkFolders(services, folder);

  return withDocker(input, {
    names,
    async run(docker) {
      await needEngine(docker.runner);
      const options = { base: given.text("base"), prepare: !given.flag("no-prepare"), folder: input.folder };
      const { images, problems } = await buildImages(services, options, docker);
      docker.progress.close();
      if (given.flag("json")) {
        terminal.out(
          JSON.stringify({ stack: plan.stack, tag, images, problems: problems.map(({ message, fix }) => ({ message, fix })) }, null, 2),
        );
      } else if (images.length > 0) terminal.out(renderImages(images));
      if (problems.length > 0) throw new UserError(problems);
      return 0;
    },
    async stopped(_, say) {
      say("stopped; the images that were not finished are as they were before");
      return 1;
    },
  });
}
