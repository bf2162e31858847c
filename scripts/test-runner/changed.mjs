// npm test -- --changed: the test files that a change can touch.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../ready.mjs";

/** A change here can touch anything. */
const EVERYTHING = /^(package(-lock)?\.json|tsconfig[^/]*\.json|\.npmrc|scripts\/(?!test\/).*)$/;

/**
 * What tests use without importing it: they start the compiled programs, or read the files. A file of the change that matches `when`
 * touches the test files that match `tests`.
 */
const BESIDE_IMPORTS = [
  // The system tests start the stack with the tool, and so does the test kit of the voting services.
  { when: /^packages\/(cli|local|model|targets)\/src\//, tests: /\/test\/system\/|^packages\/(cli|local)\/test\/real\// },
  { when: /^packages\/testing\/src\//, tests: /\/test\/(system|real)\// },
  {
    when: /^stacks\/voting\/(stack\.ts|bundle\.mjs|(ballots|vote|worker|result|testing)\/)/,
    tests: /^stacks\/voting\/.*\/?test\/(system|real)\//,
  },
  { when: /^stacks\/hello\//, tests: /^stacks\/hello\/test\// },
  { when: /^stacks\/[^/]+\/stack\.ts$/, tests: /^packages\/(cli|local|model|prove|targets|testing)\/test\// },
];

/** Golden files, fixtures, data and pages, which the tests of the same package may read. */
const READ_BY_PACKAGE = /\.(?!ts$)[^./]+$/;

/**
 * The paths that differ from `base` (a revision; without one, from the last commit), files that git does not track yet included.
 *
 * @throws Error with git's own words when it cannot tell.
 */
export function changedPaths(base = "HEAD") {
  const diff = git("diff", "--name-only", "--no-renames", "-z", base, "--");
  const untracked = git("ls-files", "--others", "--exclude-standard", "-z");
  return [...new Set([...diff, ...untracked])].sort();
}

/** The test files among `files` that the changed paths can touch, by what they import and by what they use beside that. */
export async function touchedBy(paths, files) {
  if (paths.some((path) => EVERYTHING.test(path))) return files;
  const imports = paths.some((path) => /\.(ts|mjs|js)$/.test(path)) ? await importsOf(files) : new Map();
  const changed = new Set(paths);
  return files.filter(
    (file) =>
      imports.get(file)?.some((path) => changed.has(path)) ||
      paths.some((path) => BESIDE_IMPORTS.some(({ when, tests }) => when.test(path) && tests.test(file))) ||
      paths.some(
        (path) => packageOf(path) !== null && packageOf(path) === packageOf(file) && (READ_BY_PACKAGE.test(path) || startsPrograms(file)),
      ),
  );
}

/** Everything of this repository that each file imports, itself included, however deep. */
async function importsOf(files) {
  // Loaded here: who runs everything need not wait for it.
  const { build } = await import("esbuild");
  const { metafile } = await build({
    entryPoints: files,
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    outdir: "unused",
    outbase: ".",
    metafile: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    logLevel: "silent",
    loader: { ".node": "empty" },
    plugins: [{ name: "foreign-packages", setup: (step) => step.onResolve({ filter: /^[^./]/ }, ({ path }) => foreign(path)) }],
  });
  const inputs = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
  return new Map(inputs.map(({ entryPoint, inputs: own }) => [entryPoint, Object.keys(own)]));
}

const startsPrograms = (file) => /\/test\/(real|system)\//.test(file);

const foreign = (path) =>
  /^(@groundplan\/|@voting\/|groundplan(\/|$))/.test(path) || path.startsWith("#") ? null : { path, external: true };

const packageOf = (path) => /^(packages\/[^/]+|stacks\/voting\/[^/]+(?=\/)|stacks\/[^/]+)\//.exec(path)?.[1] ?? null;

function git(...args) {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
  if (error || status !== 0) throw new Error(`git ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
  return stdout.split("\0").filter((path) => path !== "" && (existsSync(join(ROOT, path)) || args[0] === "diff"));
}
