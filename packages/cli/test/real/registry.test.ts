import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freePort, missingProgram, programPath, runProgram, tryProgram, until } from "@groundplan/testing";
import { explainPullFailure } from "../../src/docker/pull-failures.js";
import { folderWith } from "../helpers.js";
import { BASE, dockerForTests } from "./docker-stack.js";

const found = await dockerForTests();

test("what a real registry says is understood: who is not logged in, a wrong password, an image or a version that it does not have", async (context) => {
  const missing = missingProgram("docker-registry", "htpasswd");
  if (missing !== null) return context.skip(missing);
  if ("missing" in found) return context.skip(found.missing);
  const { docker, env } = found;
  const port = await freePort();
  const users = await runProgram("htpasswd", ["-nbB", "someone", "correct"]);
  const folder = folderWith({ users });
  writeFileSync(join(folder, "registry.yml"), settings(folder, port));
  const registry = spawn(programPath("docker-registry") ?? "", ["serve", join(folder, "registry.yml")], { stdio: "ignore" });
  context.after(async () => {
    const ended = once(registry, "exit");
    registry.kill("SIGTERM");
    await ended;
  });
  const address = `127.0.0.1:${port}`;
  await until("the registry asks who is there", async () => (await fetch(`http://${address}/v2/`)).status === 401);

  const image = `${address}/team/web:1.2`;
  await docker("tag", BASE, image);
  context.after(() => tryProgram("docker", ["image", "rm", image], { env }));
  // What is logged in to is remembered in a file: not in the user's.
  const client = join(folder, "client");
  mkdirSync(client);
  const asSomeone = { ...env, DOCKER_CONFIG: client };
  const pull = async (name: string, as: Readonly<Record<string, string>>): Promise<string> => {
    const { code, stdout, stderr } = await tryProgram("docker", ["pull", name], { env: as });
    return code === 0 ? "pulled" : explainPullFailure(`${stdout}\n${stderr}`, name).message;
  };

  assert.match(
    await pull(image, { ...env, DOCKER_CONFIG: folder }),
    /cannot be pulled: its registry has no such image, or does not give it to you$/,
  );
  const wrong = await tryProgram("docker", ["login", "--username", "someone", "--password", "wrong", address], { env: asSomeone });
  assert.notEqual(wrong.code, 0);
  await runProgram("docker", ["login", "--username", "someone", "--password", "correct", address], { env: asSomeone });
  assert.match(await pull(image, asSomeone), /cannot be pulled: its registry has no such image, or none of this version$/);
  await runProgram("docker", ["push", image], { env: asSomeone });
  await docker("image", "rm", image);
  assert.equal(await pull(image, asSomeone), "pulled");
  assert.match(await pull(`${address}/team/web:1.3`, asSomeone), /its registry has no such image, or none of this version$/);
});

const settings = (folder: string, port: number): string => `version: 0.1
storage: { filesystem: { rootdirectory: ${join(folder, "images")} } }
http: { addr: "127.0.0.1:${port}" }
auth: { htpasswd: { realm: tests, path: ${join(folder, "users")} } }
`;
