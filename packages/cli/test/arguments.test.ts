import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { again, hint } from "../src/arguments/hints.js";
import { wholeNumber } from "../src/arguments/options.js";
import { command, flag, parsed, text, texts } from "../src/command.js";
import { ENTRIES } from "../src/commands/index.js";
import { namedCommands, parseArguments, renderGroup, renderHelp, renderOverview } from "../src/groundplan.js";
import { run, terminal } from "./helpers.js";

const paint = command({
  summary: "Paint",
  arguments: [{ name: "what", summary: "what to paint" }],
  options: {
    colour: text("NAME", "the colour", "red"),
    coats: parsed("N", "how many", wholeNumber(3)),
    tool: texts("NAME", "a tool"),
    dryRun: flag("dry run"),
  },
  examples: [],
  run: async () => 0 as const,
});

const parse = (...words: string[]) => parseArguments({ path: "paint", command: paint }, words);
const refusal = (...words: string[]) => {
  try {
    parse(...words);
  } catch (error) {
    return (error as Error).message;
  }
  return null;
};

test("options are read in both spellings, with defaults, flags and repetitions", () => {
  const { arguments: operands, options } = parse("wall", "--tool=brush", "--tool", "roller", "--dry-run");
  assert.equal(operands[0], "wall");
  assert.equal(options.colour, "red");
  assert.deepEqual(options.tool, ["brush", "roller"]);
  assert.equal(options.dryRun, true);
  assert.equal(options.coats, null);
  assert.equal(parse("wall", "--colour", "blue", "--coats", "2").options.colour, "blue");
  assert.equal(parse("wall", "--coats", "2").options.coats, 2);
  assert.equal(parse("wall").options.dryRun, false);
});

test("what is wrong with a command line is said in one sentence", () => {
  assert.equal(refusal("wall", "--color", "blue"), "paint has no option --color. Did you mean --colour?");
  assert.equal(refusal("wall", "-c"), "paint has no option -c.");
  assert.equal(refusal("wall", "--colour"), "--colour needs a value: --colour NAME");
  assert.equal(refusal("wall", "--colour", "--dry-run"), "--colour needs a value: --colour NAME");
  assert.equal(refusal("wall", "--dry-run=yes"), '--dry-run takes no value ("yes" was given).');
  assert.equal(refusal("wall", "--colour", "red", "--colour", "blue"), '--colour is given twice ("red" and "blue"); give it once.');
  assert.equal(refusal("wall", "--coats", "4"), '--coats is a whole number from 1 to 3, not "4".');
  assert.equal(refusal(), "paint needs <what>: what to paint.");
  assert.equal(refusal("wall", "door"), 'paint does not take an argument "door".');
});

test("all that is wrong with a command line is said at once", async () => {
  assert.deepEqual(refusal("--color", "blue", "--coats", "x", "--tool", "wall", "door")?.split("\n"), [
    "paint has no option --color. Did you mean --colour?",
    'paint does not take an argument "door".',
    '--coats is a whole number from 1 to 3, not "x".',
  ]);
  const { code, out, err } = await run(".", "compose", "up", "--volumes", "--timeout", "soon", "--port", "vote");
  assert.deepEqual([code, out], [2, ""]);
  assert.deepEqual(err.split("\n"), [
    "groundplan: --volumes is not for compose up, but for compose down.",
    'groundplan: --port is written NAME=PORT, for example --port vote=9000, not "vote".',
    'groundplan: --timeout is a whole number of seconds, for example --timeout 300, not "soon".',
    "See: groundplan compose up --help",
  ]);
});

test("a command can be typed once more, and others for the same stack", async () => {
  const [deploy] = (await groupNamed("aws")).filter(({ path }) => path === "aws deploy");
  assert.ok(deploy);
  const words = ["--auto-approve", "--var", "key=two words", "--stack", "my stack", "--no-build", "--json", "--var", "a=b"];
  const input = { ...parseArguments(deploy, words), terminal, folder: "." };
  assert.equal(again(input), "groundplan aws deploy --stack 'my stack' --var 'key=two words' --var a=b --no-build");
  assert.equal(hint(input, "aws status"), "groundplan aws status --stack 'my stack'");
});

test("the help is the one that was reviewed (UPDATE_GOLDEN=1 writes it anew)", async () => {
  const golden = new URL("golden/help.txt", import.meta.url);
  const pages = await Promise.all(
    ENTRIES.map(async (entry) => {
      const commands = await namedCommands(entry);
      return [...("commands" in entry ? [renderGroup(entry, commands)] : []), ...commands.map(renderHelp)];
    }),
  );
  const help = [renderOverview(ENTRIES), ...pages.flat()].join(`${"-".repeat(80)}\n`);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, help);
  assert.equal(help, readFileSync(golden, "utf8"));
});

test("every example of the help is accepted by its command", async () => {
  for (const named of (await Promise.all(ENTRIES.map(namedCommands))).flat()) {
    const { examples } = named.command;
    assert.ok(examples.length > 0, named.path);
    for (const { line } of examples) {
      assert.ok(`${line} `.startsWith(`${named.path} `), line);
      const words = line
        .slice(named.path.length + 1)
        .split(" ")
        .filter(Boolean);
      assert.doesNotThrow(() => parseArguments(named, words), line);
    }
  }
});

test("help goes to stdout, and without a command it is the answer to a mistake", async () => {
  assert.deepEqual(await run(".", "--help"), { code: 0, out: renderOverview(ENTRIES).trimEnd(), err: "" });
  assert.equal((await run(".", "up", "-h")).out.split("\n")[0], "Run the stack on this machine until Ctrl-C.");
  const nothing = await run(".");
  assert.deepEqual([nothing.code, nothing.out], [2, ""]);
});

test("a group has a help of its own, and so has each of its commands, with its own options only", async () => {
  const group = await run(".", "aws", "--help");
  assert.deepEqual([group.code, group.err], [0, ""]);
  assert.match(group.out, /^ {2}deploy {4}.*\n {2}status {4}/m);
  assert.doesNotMatch(group.out, /--limit/);
  const deploy = await run(".", "aws", "deploy", "--help");
  assert.match(deploy.out, /^Usage: groundplan aws deploy \[options\]$/m);
  assert.match(deploy.out, /--auto-approve/);
  assert.doesNotMatch((await run(".", "aws", "status", "--help")).out, /--auto-approve|--follow/);
  const nothing = await run(".", "aws");
  assert.deepEqual([nothing.code, nothing.out, nothing.err], [2, "", group.out]);
  assert.match((await run(".", "aws", "--json")).err, /^groundplan: aws needs a command: plan, deploy, /);
});

test("options may stand before the command of a group", async () => {
  const { code, err } = await run(".", "compose", "--stack", "nowhere", "down", "--json");
  assert.equal(code, 1);
  assert.match(err, /STACK_FILE_MISSING/);
});

test("an unknown command is wrong usage and brings the nearest to mind", async () => {
  const { code, out, err } = await run(".", "chekc");
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /there is no command "chekc" \(commands: .*up, check, .*\)\. Did you mean "check"\?/);
});

test("the version is the package's", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  assert.deepEqual(await run(".", "--version"), { code: 0, out: manifest.version, err: "" });
});

async function groupNamed(name: string) {
  const entry = ENTRIES.find((candidate) => candidate.name === name);
  assert.ok(entry);
  return namedCommands(entry);
}
