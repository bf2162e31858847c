import assert from "node:assert/strict";
import { test } from "node:test";
import { renderCommandLine } from "@groundplan/programs";
import { composeDown, composeLogs, composeUp } from "../../src/compose/project.js";
import * as docker from "../../src/docker/engine.js";

const PLUGIN = { program: "docker", args: ["compose"] };
const STANDALONE = { program: "docker-compose", args: [] };

test("docker is asked with these words", () => {
  const words = (command: { readonly program: string; readonly args: readonly string[] }) => [command.program, ...command.args];
  assert.deepEqual(words(docker.engineVersion()), ["docker", "version", "--format", "{{.Server.Version}}"]);
  assert.deepEqual(words(docker.buildImage({ image: "voting/vote:v2", context: "../../vote", base: null })), [
    "docker",
    "build",
    "--tag",
    "voting/vote:v2",
    "../../vote",
  ]);
  assert.deepEqual(words(docker.buildImage({ image: "voting/vote:v2", context: ".", base: "node:22" })), [
    "docker",
    "build",
    "--tag",
    "voting/vote:v2",
    "--build-arg",
    "BASE=node:22",
    ".",
  ]);
  assert.deepEqual(words(docker.pullImage("redis:7")), ["docker", "pull", "redis:7"]);
  assert.deepEqual(words(docker.inspectImage("redis:7")), ["docker", "image", "inspect", "redis:7"]);
  assert.deepEqual(words(docker.listContainers(["a=1", "b=2"])), [
    "docker",
    "ps",
    "--all",
    "--quiet",
    "--filter",
    "label=a=1",
    "--filter",
    "label=b=2",
  ]);
  assert.deepEqual(words(docker.inspectContainers(["1a", "2b"])), ["docker", "inspect", "--type", "container", "1a", "2b"]);
  assert.deepEqual(words(docker.containerLogs("1a", 20)), ["docker", "logs", "--tail", "20", "1a"]);
  assert.deepEqual(words(docker.listVolumes("a=1")), ["docker", "volume", "ls", "--filter", "label=a=1", "--format", "{{.Name}}"]);
});

test("compose is asked with the same words, as a plugin or by its own program", () => {
  assert.deepEqual(composeUp(PLUGIN, { TAG: "v2" }), {
    program: "docker",
    args: ["compose", "up", "--detach", "--no-build"],
    env: { TAG: "v2" },
  });
  assert.deepEqual(composeUp(STANDALONE, {}), { program: "docker-compose", args: ["up", "--detach", "--no-build"], env: {} });
  assert.deepEqual(composeDown(STANDALONE, { volumes: false }).args, ["down"]);
  assert.deepEqual(composeDown(PLUGIN, { volumes: true }).args, ["compose", "down", "--volumes"]);
  assert.deepEqual(composeLogs(STANDALONE, { follow: true, color: true, services: ["vote"] }).args, ["logs", "--follow", "vote"]);
  assert.deepEqual(composeLogs(PLUGIN, { follow: false, color: false, services: [] }).args, ["compose", "logs", "--no-color"]);
});

test("a command is shown as one would type it", () => {
  const command = { program: "docker", args: ["run", "--name=x", "say it's", "", "{{.Name}}"], env: { TAG: "v1", TEXT: "two words" } };
  assert.equal(renderCommandLine(command), "TAG=v1 TEXT='two words' docker run --name=x 'say it'\\''s' '' {{.Name}}");
});
