import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { buildOf, checkStack, type Plan, type PlannedComponent, planOf, readyImageOf, renderEnv } from "@groundplan/model";
import { monitoringContainers } from "@groundplan/targets";
import { awkwardStack, minimalStack, singleHostStack, votingStack } from "@groundplan/testing";
import { stackDefinition } from "../src/import/imported-stack.js";
import { parseCompose } from "../src/import/parse-compose.js";

const STACKS = { minimal: minimalStack(), voting: votingStack(), awkward: awkwardStack(), "single-host": singleHostStack() };

/** What a Compose file tells of a component: neither how it runs without a container nor its metrics nor its copies. */
function toldByCompose(component: PlannedComponent, plan: Plan) {
  const { name, kind, port, public: isPublic, after, memoryMb, source } = component;
  const naming = {
    host: (of: string) => of,
    port: (of: string) => plan.components.find((other) => other.name === of)?.port ?? 0,
    secret: (secret: string) => `<${secret}>`,
    page: (of: string) => `<page of ${of}>`,
  };
  const { image, local, watch, replicas, stopSeconds, standIn, health, ...told } = { ...source } as Record<string, unknown>;
  // What is built from the folder "./web" is built from "web" by other words.
  const built = buildOf(source)?.build.replace(/^\.\//, "");
  const healthCommand = source.kind === "service" ? source.health.command : null;
  const env = renderEnv(component.env, naming);
  return { name, kind, port, public: isPublic, after, memoryMb, env, built, image: readyImageOf(source), healthCommand, ...told };
}

for (const [name, original] of Object.entries(STACKS)) {
  test(`the Compose file of the ${name} stack becomes the stack that it was made of, as far as Compose tells`, () => {
    const file = new URL(`../../targets/test/golden/compose/${name}/compose.yaml`, import.meta.url);
    const imported = parseCompose(readFileSync(file, "utf8"), {
      name: original.name,
      folderName: "compose",
      place: "out/compose",
      env: {},
      envFile: () => null,
    });
    assert.ok(!("problems" in imported), JSON.stringify(imported));
    const definition = stackDefinition(imported);
    assert.deepEqual(checkStack(definition).problems, []);
    const [before, after] = [planOf(original), planOf(definition)];
    // What has no image is not in a Compose file.
    const inCompose = before.components.filter(({ source }) => source.image !== null);
    // The programs of monitoring are services like others to who reads the file.
    const monitoring = monitoringContainers(before).map((container) => container.name);
    const isOwn = (component: string) => !monitoring.includes(component);
    const told = (plan: Plan, components: readonly PlannedComponent[]) =>
      Object.fromEntries(components.map((component) => [component.name, toldByCompose(component, plan)]));
    const own = after.components.filter((component) => isOwn(component.name));
    assert.deepEqual(told(after, own), told(before, inCompose));
    assert.equal(
      after.links.filter(({ from }) => isOwn(from)).length,
      before.links.filter(({ from }) => inCompose.some((component) => component.name === from)).length,
    );
  });
}
