import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { parseArguments } from "../src/arguments/parse-arguments.js";
import { renderOverview, renderUsage } from "../src/arguments/usage.js";
import type { Command } from "../src/command.js";
import { COMMANDS } from "../src/commands/index.js";
import { run } from "./helpers.js";

const command: Command = {
  name: "paint",
  summary: "Paints",
  positionals: [{ name: "what", summary: "what to paint" }],
  options: [
    { name: "colour", value: "NAME", default: "red", summary: "the colour" },
    { name: "tool", value: "NAME", several: true, summary: "a tool" },
    { name: "dry", value: null, summary: "dry run" },
  ],
  examples: [],
  run: async () => 0,
};

const parse = (...words: string[]) => parseArguments(command, words);
const refusal = (...words: string[]) => {
  try {
    parse(...words);
  } catch (error) {
    return (error as Error).message;
  }
  return null;
};

test("options are read in both spellings, with defaults, flags and repetitions", () => {
  const given = parse("wall", "--tool=brush", "--tool", "roller", "--dry");
  assert.equal(given.positional(0), "wall");
  assert.equal(given.text("colour"), "red");
  assert.deepEqual(given.list("tool"), ["brush", "roller"]);
  assert.equal(given.flag("dry"), true);
  assert.equal(parse("wall", "--colour", "blue").text("colour"), "blue");
  assert.equal(parse("wall").flag("dry"), false);
});

test("what is wrong with a command line is said in one sentence", () => {
  assert.equal(refusal("wall", "--color", "blue"), "groundplan paint has no option --color. Did you mean --colour?");
  assert.equal(refusal("wall", "-c"), "groundplan paint has no option -c.");
  assert.equal(refusal("wall", "--colour"), "--colour needs a value: --colour NAME");
  assert.equal(refusal("wall", "--colour", "--dry"), "--colour needs a value: --colour NAME");
  assert.equal(refusal("wall", "--dry=yes"), '--dry takes no value ("yes" was given).');
  assert.equal(refusal("wall", "--colour", "red", "--colour", "blue"), '--colour is given twice ("red" and "blue"); give it once.');
  assert.equal(refusal(), "groundplan paint needs <what>: what to paint.");
  assert.equal(refusal("wall", "door"), 'groundplan paint does not know what to do with "door".');
});

test("the help is the one that was reviewed (UPDATE_GOLDEN=1 writes it anew)", () => {
  const golden = new URL("golden/help.txt", import.meta.url);
  const help = [renderOverview(COMMANDS), ...COMMANDS.map(renderUsage)].join(`${"-".repeat(80)}\n`);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, help);
  assert.equal(help, readFileSync(golden, "utf8"));
});

test("every example of the help is accepted by its command", () => {
  for (const { examples, ...declared } of COMMANDS) {
    assert.ok(examples.length > 0, declared.name);
    for (const example of examples) {
      const [name, ...words] = example.line.split(" ");
      assert.equal(name, declared.name);
      assert.doesNotThrow(() => parseArguments({ ...declared, examples }, words), example.line);
    }
  }
});

test("help goes to stdout, and without a command it is the answer to a mistake", async () => {
  assert.deepEqual(await run(".", "--help"), { code: 0, out: renderOverview(COMMANDS).trimEnd(), err: "" });
  assert.equal((await run(".", "up", "-h")).out.split("\n")[0], "Runs the stack on this machine, until Ctrl-C.");
  const nothing = await run(".");
  assert.deepEqual([nothing.code, nothing.out], [2, ""]);
});

test("an unknown command is wrong usage and brings the nearest to mind", async () => {
  const { code, out, err } = await run(".", "chekc");
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /groundplan has no command "chekc" \(commands: .*up, check, .*\)\. Did you mean "check"\?/);
});

test("the version is the package's", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  assert.deepEqual(await run(".", "--version"), { code: 0, out: manifest.version, err: "" });
});
