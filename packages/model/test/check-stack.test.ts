import assert from "node:assert/strict";
import { test } from "node:test";
import { awkwardStack, minimalStack, singleHostStack, votingStack } from "@groundplan/testing";
import { build, checkStack, PROBLEM_CODES, type StackDefinition } from "../src/index.js";
import { brokenAws } from "./broken-stacks/aws.js";
import { brokenEnv } from "./broken-stacks/env.js";
import { brokenHosts } from "./broken-stacks/hosts.js";
import { brokenLinks } from "./broken-stacks/links.js";
import { brokenMonitoring } from "./broken-stacks/monitoring.js";
import { brokenNames } from "./broken-stacks/names.js";
import { brokenOptions } from "./broken-stacks/options.js";
import { brokenPorts } from "./broken-stacks/ports.js";
import { brokenReferences } from "./broken-stacks/references.js";
import { retiredWords } from "./broken-stacks/retired.js";
import { byName } from "./by-name.js";
import { notFrozen } from "./not-frozen.js";
import { writable } from "./not-writable.js";

const problemsOf = (definition: StackDefinition) => checkStack(definition).problems;

const all = [
  ...brokenOptions,
  ...brokenNames,
  ...brokenLinks,
  ...brokenEnv,
  ...brokenHosts,
  ...brokenPorts,
  ...brokenMonitoring,
  ...brokenAws,
  ...brokenReferences,
  ...retiredWords,
];

for (const broken of all) {
  test(`checkStack reports ${broken.name}`, () => {
    assert.deepEqual(problemsOf(broken.stack), broken.problems);
  });
}

test("every code that the model can give is broken once here", () => {
  const broken = new Set(all.flatMap(({ problems }) => problems.map(({ code }) => code)));
  const expected = PROBLEM_CODES.filter((code) => !code.startsWith("STACK_FILE_"));
  assert.deepEqual([...broken].sort(), [...expected].sort());
});

test("what the type checker lets through can be planned", () => {
  assert.deepEqual(problemsOf(writable), []);
});

test("the sample stacks have no problems", () => {
  for (const sample of [minimalStack, votingStack, awkwardStack, singleHostStack]) assert.deepEqual(problemsOf(sample()), []);
});

test("the ports of monitoring are free where it is not declared", () => {
  const definition = byName("test", (s) => {
    s.service("a", { image: build("./a"), port: 3000 });
    s.service("b", { image: build("./b"), port: 9100 });
    s.host("main", { subnet: "public", runs: ["a", "b"] });
  });
  assert.deepEqual(problemsOf(definition), []);
});

test("problems of several rules come at once, in the same order each time", () => {
  const wrong = () =>
    byName("test", (s) => {
      s.service("vote", { port: 80, public: true, uses: { queue: "redsi" } });
      s.host("backend", { subnet: "private", runs: ["vote"] });
    });
  const codes = problemsOf(wrong()).map(({ code }) => code);
  assert.deepEqual(codes, ["SERVICE_WITHOUT_SOURCE", "LINK_TARGET_UNKNOWN", "PUBLIC_ON_PRIVATE_HOST", "NO_BASTION"]);
  assert.deepEqual(problemsOf(wrong()), problemsOf(wrong()));
  assert.deepEqual(notFrozen(problemsOf(wrong()), "problems"), []);
});

test("a definition that went through JSON has the same problems", () => {
  for (const { stack: definition } of all) {
    // NaN stands for a port that could not be read, and JSON cannot hold it.
    if (definition.components.some(({ port }) => Number.isNaN(port))) continue;
    assert.deepEqual(problemsOf(JSON.parse(JSON.stringify(definition))), problemsOf(definition));
  }
});
