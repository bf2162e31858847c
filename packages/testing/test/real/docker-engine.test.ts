import assert from "node:assert/strict";
import { test } from "node:test";
import { openDockerEngine, runProgram, tryProgram, until } from "@groundplan/testing";

const IMAGE = "node:20.20.2-bookworm-slim";

/** Another test file, side by side with this one. */
const NEIGHBOUR = `
import { openDockerEngine } from "@groundplan/testing";
const engine = await openDockerEngine(["node"]);
process.stdout.write(await engine.docker("version", "--format", "{{.Server.Os}}"));
await engine.close();
`;

test("test files share an engine that has the base image, and the last one ends it if it is the tests' own", async (context) => {
  const engine = await openDockerEngine(["node"]);
  if ("missing" in engine) return context.skip(engine.missing);
  const answers = async (): Promise<boolean> => (await tryProgram("docker", ["version"], { env: engine.env })).code === 0;
  try {
    assert.equal(await engine.docker("run", "--rm", "--user", "1000:1000", IMAGE, "node", "--print", "1 + 1"), "2\n");
    const args = ["--conditions=source", "--import", "tsx", "--input-type=module", "--eval", NEIGHBOUR];
    assert.equal(await runProgram(process.execPath, args), "linux\n");
    assert.ok(await answers(), "the neighbour has ended the engine that this file uses");
  } finally {
    await engine.close();
  }
  if (!engine.isOwn) return assert.ok(await answers(), "the machine's own engine was ended");
  // Other test files may be using it, or come back to it at any moment: then it goes on for them.
  await until("nobody uses the engine, and it has ended", async () => engine.hasUsers() || !(await answers()));
});
