import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PROGRAMS } from "../../../scripts/programs.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** On every machine that runs the tests, or part of what is in the table. */
const ALWAYS_HERE = [
  "/bin/sh",
  "sh",
  "mkdir",
  "cp",
  "chmod",
  "chown",
  "mount",
  "umount",
  "tar",
  "npm",
  "npx",
  "chroot",
  "ldd",
  "gpgconf",
  "ansible-inventory",
];

/** What tests may say that they need besides programs. */
const CONDITIONS = [
  /^an? Unix$/,
  /^a Docker engine\b/,
  /^root\b/,
  /^Linux\b/,
  /^npm's registry$/,
  /^the repository's history$/,
  /^port \$\{port\}/,
  /^the image \$\{tag\}/,
  /^apt settings that name /,
];

/** Of the tests, and of what they share. */
const SOURCES = ["packages", "stacks", "scripts"].flatMap((folder) =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter(
      (file) => /\.(ts|mjs)$/.test(file) && !/(^|\/)(node_modules|dist|golden|programs\.test\.ts|test-runner\.test\.ts)(\/|$)/.test(file),
    )
    .map((file) => join(folder, file))
    .filter((file) => /\/test\/|packages\/testing\/src|stacks\/voting\/(chaos|bench|testing)\/src|scripts\/tools\.mjs/.test(file))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") })),
);

test("every program that tests start is in the table of programs", () => {
  const started = SOURCES.flatMap(({ file, text }) =>
    [...text.matchAll(/\b(?:spawnSync|execFile|execFileSync|spawn|tryProgram|runProgram|exec)\(\s*"([\w/-]+)"/g)].map(([, name = ""]) => ({
      file,
      name,
    })),
  );
  assert.ok(started.length > 50);
  // A command that runs inside a container is not looked for here.
  const unknown = started.filter(
    ({ file, name }) => !(name in PROGRAMS) && !ALWAYS_HERE.includes(name) && !/containers|aws-hosts/.test(file),
  );
  assert.deepEqual(unknown, []);
});

test("whatever tests say that they need is in the table of programs", () => {
  const reasons = SOURCES.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:skip\(|missing:|\?|return|:|&&|,)\s*["`]needs ([^"`]+)["`]/g)].map(([, reason = ""]) => ({ file, reason })),
  );
  assert.ok(reasons.length > 10);
  const known = ({ reason }: { reason: string }): boolean =>
    CONDITIONS.some((condition) => condition.test(reason)) || (reason.split(/[ ,()]+/)[0] ?? "") in PROGRAMS;
  assert.deepEqual(
    reasons.filter((reason) => !known(reason)),
    [],
  );
});

test("every program of the table is looked for by a test, and says where it comes from and what it tests", () => {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const isLookedFor = SOURCES.some(({ text }) => text.includes(`"${name}"`) || text.includes(`needs ${name}`));
    assert.ok(isLookedFor, `no test looks for ${name}`);
    assert.ok(program.tests.length > 0, name);
    assert.equal(program.from === "debian", program.package !== undefined, name);
  }
});

const doctor = (path: string, ...words: readonly string[]): { readonly status: number | null; readonly stdout: string } =>
  spawnSync(process.execPath, [join(ROOT, "scripts/doctor.mjs"), ...words], {
    encoding: "utf8",
    env: { PATH: path, HOME: "/nonexistent", GROUNDPLAN_TOOLS: "/nonexistent" },
  });

test("npm run doctor names all that a bare machine lacks, what it would test, and how to get it", () => {
  const { status, stdout } = doctor("/nonexistent");
  assert.equal(status, 0);
  for (const [name, { from, tests, package: debianPackage }] of Object.entries(PROGRAMS)) {
    if (from !== "tool") continue;
    assert.ok(stdout.includes(tests), name);
    assert.ok(stdout.includes(`npm run tools ${name}`), name);
    assert.equal(debianPackage, undefined);
  }
});

test("npm run doctor --json tells each program with where it was found, and --packages what apt-get is to install", () => {
  const { status, stdout } = doctor(process.env.PATH ?? "", "--json");
  assert.equal(status, 0);
  const findings = JSON.parse(stdout) as { name: string; found: boolean; path: string | null; package: string | null }[];
  assert.deepEqual(
    findings.map(({ name }) => name),
    Object.keys(PROGRAMS),
  );
  assert.ok(findings.every(({ found, path }) => found || path === null));
  const wanted = new Set(findings.filter(({ found, package: name }) => !found && name !== null).map(({ package: name }) => name));
  assert.deepEqual(
    doctor(process.env.PATH ?? "", "--packages")
      .stdout.split("\n")
      .filter(Boolean),
    [...wanted].sort(),
  );
});
