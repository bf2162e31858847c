import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLines, parseStanzas } from "../src/docker/apt-source.js";

test("stanzas of *.sources give a source for each address and suite, and none for source packages", () => {
  const text = `# A comment
Types: deb deb-src
URIs: http://one.example/debian
Suites: trixie trixie-updates
Components: main contrib

Types: deb-src
URIs: http://two.example/debian
Suites: trixie
Components: main
`;
  const components = ["main", "contrib"];
  assert.deepEqual(parseStanzas(text), [
    { mirror: "http://one.example/debian", suite: "trixie", components },
    { mirror: "http://one.example/debian", suite: "trixie-updates", components },
  ]);
});

test("lines of *.list are read with and without options; comments and source packages are not", () => {
  const text = `# deb http://off.example/debian trixie main
deb-src http://source.example/debian trixie main
deb http://one.example/debian trixie main contrib
deb [arch=amd64 signed-by=/key.gpg] http://two.example/ubuntu noble main universe
`;
  assert.deepEqual(parseLines(text), [
    { mirror: "http://one.example/debian", suite: "trixie", components: ["main", "contrib"] },
    { mirror: "http://two.example/ubuntu", suite: "noble", components: ["main", "universe"] },
  ]);
});
