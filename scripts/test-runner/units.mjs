// What npm test runs: the checks, and test files grouped into units. A unit is one process.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../ready.mjs";

const NODE = [
  "--conditions=source",
  "--import",
  "tsx",
  "--test-reporter=./scripts/test-runner/reporter.mjs",
  "--test-reporter-destination=stdout",
];

const CHECKS = [
  { name: "format, lint and rooms", args: ["node_modules/@biomejs/biome/bin/biome", "ci", "."], cores: 1, seconds: 6 },
  { name: "structure", args: ["scripts/lint-structure.mjs"], cores: 1, seconds: 1 },
  { name: "types of the tests", args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"], cores: 1, seconds: 5 },
];

/**
 * How much of the machine a file takes, or a package's files of values, and for how long on two cores beside others: the first row that
 * fits. It only decides what starts first and what runs beside what; a wrong number costs time, nothing else. Measured by
 * npm test -- --slowest 30. What mostly waits, for a container's health or for another program, takes less than a core.
 */
const COSTS = [
  { path: /\/system\/aws-hosts\./, cores: 0.4, seconds: 900 },
  { path: /voting\/test\/system\/containers\./, cores: 0.5, seconds: 300 },
  { path: /\/system\/containers-swarm\./, cores: 0.5, seconds: 240 },
  { path: /cli\/test\/real\/compose\./, cores: 0.4, seconds: 230 },
  { path: /\/system\/monitoring\./, cores: 0.3, seconds: 130 },
  { path: /\/real\/(aws-deploy|crash-points)\./, cores: 0.7, seconds: 80 },
  { path: /\/system\/containers\./, cores: 0.5, seconds: 60 },
  { path: /\/system\/(audit|crash|stress|chaos)\./, cores: 1, seconds: 50 },
  { path: /\/real\/(checkers|generated|prove-terraform)\./, cores: 1, seconds: 45 },
  { path: /\/real\/(surprises|silent-database)\./, cores: 0.5, seconds: 35 },
  { path: /\/system\//, cores: 1, seconds: 30 },
  { path: /\/real\/alert-cases-fire\./, cores: 1, seconds: 10 },
  { path: /\/real\//, cores: 0.7, seconds: 12 },
  { path: /^packages\/cli$/, cores: 0.5, seconds: 40 },
  { path: /^packages\/targets$/, cores: 1, seconds: 20 },
];

/** Every test file of the repository, by its path from the root. */
export function testFiles() {
  return ["packages", "stacks", "scripts"]
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith(".test.ts") && !/(^|\/)(node_modules|dist)\//.test(file))
    .sort();
}

export const ringOf = (file) =>
  file.includes("/test/matrix/")
    ? "matrix"
    : file.includes("/test/system/")
      ? "whole system"
      : file.includes("/test/real/")
        ? "real services"
        : "values";

export const checkUnits = () => CHECKS.map(({ args, ...check }) => ({ ...check, ring: "checks", files: [], command: args }));

/**
 * Values tests share a process for each package: starting Node and compiling what they import costs far more than they do. A file with
 * a hook of its own (before, after) outside of any suite would hook into its neighbours' tests, so it gets a process.
 */
export function unitsOf(files) {
  const groups = new Map();
  for (const file of files) {
    const ring = ringOf(file);
    const shares = ring === "values" && !/^(before|after|beforeEach|afterEach)\(/m.test(readFileSync(join(ROOT, file), "utf8"));
    const key = shares ? file.split("/test/")[0] : file;
    groups.set(key, { ring, shares, files: [...(groups.get(key)?.files ?? []), file] });
  }
  return [...groups].map(([key, { ring, shares, files: own }]) => ({
    name: shares && own.length > 1 ? `${key}: ${own.length} files of values` : own[0],
    ring,
    files: own,
    command: [...NODE, ...(own.length > 1 ? ["scripts/test-runner/import-all.mjs"] : []), ...own],
    ...costOf(key, own.length),
  }));
}

/** @param key A file's path, or a package's whose `files` files of values share a process. */
function costOf(key, files) {
  const { cores, seconds } = COSTS.find(({ path }) => path.test(key)) ?? { cores: 1, seconds: files };
  return { cores, seconds };
}
