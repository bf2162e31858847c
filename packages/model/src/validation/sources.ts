import { atComponent } from "../at.js";
import type { ServiceDefinition, StackDefinition } from "../definition.js";
import type { Problem } from "../problem.js";
import { show } from "../show.js";

/** A service says what runs, and says it once; what it says of an image needs one. */
export function sourceProblems(stack: StackDefinition): readonly Problem[] {
  return stack.components.flatMap((component) =>
    component.kind === "service" ? [...withoutSource(component), ...twoSources(component), ...nothingToPrepare(component)] : [],
  );
}

function withoutSource(service: ServiceDefinition): readonly Problem[] {
  if (service.build !== null || service.image !== null || service.command !== null) return [];
  return [
    {
      at: atComponent(service),
      code: "SERVICE_WITHOUT_SOURCE",
      message: `nothing says what ${show(service.name)} runs`,
      found: "neither build nor image nor command",
      allowed: "build, image or command",
      fix: `add the folder of its Dockerfile, for example build: "./${service.name}"`,
    },
  ];
}

function twoSources(service: ServiceDefinition): readonly Problem[] {
  if (!service.build || !service.image) return [];
  return [
    {
      at: `${atComponent(service)}.image`,
      code: "OPTION_INVALID",
      message: `${show(service.name)} has a build and an image, and only one of them can run`,
      found: `build: ${show(service.build)} and image: ${show(service.image)}`,
      allowed: "build or image",
      fix: "remove build or image",
    },
  ];
}

function nothingToPrepare(service: ServiceDefinition): readonly Problem[] {
  if (service.prepare === null || service.build !== null) return [];
  return [
    {
      at: `${atComponent(service)}.prepare`,
      code: "OPTION_INVALID",
      message: "prepare makes ready what a Dockerfile copies, and there is no folder with one",
      found: `prepare: ${show(service.prepare)} and no build`,
      allowed: "prepare together with build",
      fix: `add the folder of its Dockerfile, for example build: "./${service.name}", or remove prepare`,
    },
  ];
}
