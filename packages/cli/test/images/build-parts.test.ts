// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles and Compose files have variables of this form
import assert from "node:assert/strict";
import { test } from "node:test";
import { atMost, baseImage, parseBuildStep } from "../../src/images/build-images.js";
import { run } from "../helpers.js";

test("the steps of both builders are read", () => {
  assert.equal(parseBuildStep("Step 3/5 : COPY a.txt /a.txt"), "step 3/5: COPY a.txt /a.txt");
  assert.equal(parseBuildStep("\u001b[0mStep 3/5 : COPY a.txt /a.txt\r"), "step 3/5: COPY a.txt /a.txt");
  assert.equal(parseBuildStep("#7 [3/5] COPY a.txt /a.txt"), "step 3/5: COPY a.txt /a.txt");
  assert.equal(parseBuildStep("#12 [build 2/4] RUN npm ci"), "step 2/4: RUN npm ci");
  for (const line of [" ---> Using cache", "#7 CACHED", "#7 [internal] load build definition from Dockerfile", "#7 DONE 0.1s", ""]) {
    assert.equal(parseBuildStep(line), null, line);
  }
});

test("the image that a Dockerfile starts from is found through arguments and stages", () => {
  const found: readonly [dockerfile: string, base: string | null, image: string | null][] = [
    ["FROM node:20", null, "node:20"],
    ["FROM node:20", "node:22", "node:20"],
    ["ARG BASE=node:20\nFROM ${BASE}", null, "node:20"],
    ["ARG BASE=node:20\nFROM $BASE", "node:22", "node:22"],
    ['ARG BASE="node:20"\nFROM --platform=linux/amd64 ${BASE} AS run', null, "node:20"],
    ["ARG VERSION=20\nFROM node:${VERSION}-slim", null, "node:20-slim"],
    ["FROM node:${VERSION:-20}", null, "node:20"],
    ["ARG VERSION\nFROM node:${VERSION:-20}", null, "node:20"],
    ["FROM golang:1 AS build\nRUN go build\nFROM scratch\nCOPY --from=build /a /a", null, null],
    ["FROM node:20 AS base\nFROM golang:1 AS build\nFROM base", null, "node:20"],
    ["FROM ${UNKNOWN}", null, null],
    ["FROM ${BASE}", "node:22", null],
    ["", null, null],
  ];
  for (const [dockerfile, base, image] of found) assert.equal(baseImage(dockerfile, base), image, dockerfile);
});

test("no more than so many works go on at once, and the results keep their places", async () => {
  let running = 0;
  let most = 0;
  const results = await atMost(2, [30, 10, 20, 0], async (ms) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, ms));
    running -= 1;
    return ms;
  });
  assert.deepEqual([results, most], [[30, 10, 20, 0], 2]);
  assert.deepEqual(await atMost(4, [], async () => 1), []);
});

test("a tag that Docker does not take is wrong usage", async () => {
  for (const tag of ["-x", "a b", "a:b", ".a", "a".repeat(129)]) {
    const { code, err } = await run(".", "build", `--tag=${tag}`);
    assert.equal(code, 2, tag);
    assert.match(err, /--tag: a tag has up to 128/);
  }
});
