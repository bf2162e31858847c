import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { before, test } from "node:test";
import { freshCheckout, installedCheckout, openFolder } from "./checkout.js";
import { fromUsersCache, needsRegistry } from "./registry.js";
import { environment, startAndVote, startInVain } from "./start.js";

/** The newest that is refused, the oldest that is not, and today's. npm has packages with their binaries. */
const VERSIONS = { refused: "20.11.1", oldest: "20.12.2", v22: "22.23.3", v24: "24.21.0" } as const;
/** The one that comes with the oldest Node; the newest npm says that it does not go with it. */
const OLD_NPM = "10.5.0";

const skip = process.platform === "linux" ? needsRegistry() : "needs Linux, for which npm has packages of Node";
const base = openFolder();
const programs = join(base, "programs");
const checkout = join(base, "groundplan");

before(() => {
  if (skip !== false) return;
  const binaries = `node-${process.platform}-${process.arch}`;
  const nodes = Object.entries(VERSIONS).map(([name, version]) => `node-${name}@npm:${binaries}@${version}`);
  mkdirSync(programs);
  execFileSync("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", ...nodes, `npm@${OLD_NPM}`], {
    cwd: programs,
    env: environment(fromUsersCache()),
    stdio: "ignore",
  });
  installedCheckout(checkout);
});

for (const name of ["v22", "v24"] as const) {
  test(`Node ${VERSIONS[name]}`, { skip }, async () => {
    await startAndVote({ folder: checkout, env: withNode(name) });
  });
}

test(`Node ${VERSIONS.oldest} with its npm, from the installation on`, { skip }, async () => {
  const folder = freshCheckout(join(base, "oldest"));
  const command = ["node", join(programs, "node_modules", "npm", "bin", "npm-cli.js"), "start", "--"];
  const { output } = await startAndVote({ folder, command, env: { ...fromUsersCache(), ...withNode("oldest") } });
  assert.match(output, /^Installing the dependencies/m);
  const second = await startAndVote({ folder, command, env: withNode("oldest"), keepsData: true });
  assert.doesNotMatch(second.output, /^Installing/m);
  assert.equal(second.total, 2);
});

test(`Node ${VERSIONS.refused} is refused with a sentence, before anything else`, { skip }, async () => {
  const command = ["node", "scripts/run.mjs", "packages/cli/dist/main.js", "up"];
  const { output, code } = await startInVain({ folder: checkout, command, env: withNode("refused") });
  assert.equal(code, 1);
  assert.equal(output, `Node ${VERSIONS.refused} is too old: Groundplan needs Node 20.12 or newer (https://nodejs.org).\n`);
});

function withNode(name: keyof typeof VERSIONS): Readonly<Record<string, string>> {
  return { PATH: [join(programs, "node_modules", `node-${name}`, "bin"), process.env.PATH].join(delimiter) };
}
