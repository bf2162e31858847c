// The shape of the house, measured over the sources of packages and stacks: prints it, and fails when one of the limits below is passed.
//   node scripts/lint-structure.mjs            the table
//   node scripts/lint-structure.mjs --list     with the files that have one importer
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Most that may be; the one place where these numbers stand. */
const LIMITS = {
  /** Share of files that one other file imports, in percent: a helper with one caller lives beside it. */
  oneImporterPercent: 25,
  /** Lines of a file: what a reader can hold. */
  lines: 400,
  /** Circles of imports, imports of types included. */
  circles: 0,
  /** Classes below the line that runs when their file is loaded: it may need them before they are there. */
  lateClasses: 0,
  /** Comparisons with the name of a monitoring program, in targets and cli: what is special is data on the container. */
  specialCases: 0,
  /** How often an option of a service is written down where options are declared. */
  optionDeclarations: 1,
};

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Tests, what is built or generated, and what is no program of ours. */
const LEFT_OUT = /(^|\/)(node_modules|dist|test|data|golden)\/|\.generated\.ts$|\.d\.ts$/;

const files = new Map(
  ["packages", "stacks"]
    .flatMap((room) => sourcesOf(room))
    .sort()
    .map((path) => [path, readFileSync(join(ROOT, path), "utf8")]),
);
/** Scripts are no rooms to measure, but what they import has them as callers. */
const callers = new Map([...files, ...sourcesOf("scripts").map((path) => [path, readFileSync(join(ROOT, path), "utf8")])]);
const imports = new Map([...callers].map(([path, text]) => [path, importsOf(path, text)]));
const importers = new Map([...files.keys()].map((path) => [path, [...callers.keys()].filter((other) => imports.get(other).has(path))]));
const lines = new Map([...files].map(([path, text]) => [path, text.split("\n").length - 1]));

const rooms = [...new Set([...files.keys()].map(roomOf))];
/** A stack file is where users start, and no helper of whoever loads it too. */
const single = [...files.keys()].filter((path) => importers.get(path).length === 1 && !/^stacks\/\w+\/stack\.ts$/.test(path));
const long = [...lines].filter(([, count]) => count > LIMITS.lines).map(([path, count]) => `${path}: ${count} lines`);
const found = circles();
const late = lateClasses();
const special = specialCases();
const options = optionDeclarations();

print();

function sourcesOf(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (LEFT_OUT.test(entry.isDirectory() ? `${path}/` : path)) return [];
    if (entry.isDirectory()) return sourcesOf(path);
    return /\.(ts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(path, text) {
  const named = [...text.matchAll(/\bfrom\s*["'](\.{1,2}\/[^"']+)["']|\bimport\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)];
  return new Set(
    named.flatMap(([, a, b]) => {
      const target = join(dirname(path), a ?? b);
      return [target, target.replace(/\.js$/, ".ts")].filter((candidate) => files.has(candidate) && candidate !== path);
    }),
  );
}

/** packages/model, stacks/voting */
function roomOf(path) {
  return path.split("/").slice(0, 2).join("/");
}

/** Files that import each other, by one way or another: Tarjan's strongly connected components. */
function circles() {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const result = [];
  const visit = (path) => {
    index.set(path, index.size);
    low.set(path, index.get(path));
    stack.push(path);
    for (const next of imports.get(path)) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path), low.get(next)));
    }
    if (low.get(path) !== index.get(path)) return;
    const members = stack.splice(stack.indexOf(path));
    if (members.length > 1) result.push(members.sort().join(", "));
  };
  for (const path of files.keys()) if (!index.has(path)) visit(path);
  return result;
}

/** A function may stand below what calls it, a class not. */
function lateClasses() {
  return [...files].flatMap(([path, text]) => {
    const runs = text.search(/^(?:await |try \{)/m);
    const declared = runs < 0 ? [] : [...text.matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)];
    return declared.filter(({ index }) => index > runs).map(([, name]) => `${path}: ${name}`);
  });
}

/** What monitoring runs, by the images that it names: their containers are called so. */
function monitoringPrograms() {
  const texts = [...files].filter(([path]) => path.startsWith("packages/targets/src/")).map(([, text]) => text);
  const images = texts.map((text) => /\bMONITORING_IMAGES = \{\n([\s\S]*?)\n\}/.exec(text)?.[1] ?? "").join("\n");
  return [...images.matchAll(/^ +(\w+):/gm)].map(([, key]) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
}

function specialCases() {
  const programs = monitoringPrograms();
  if (programs.length === 0) return ["no program of monitoring was found: monitoringPrograms() of this script looks for their names"];
  const name = `["'\`](?:${programs.join("|")})["'\`]`;
  const asked = new RegExp(
    `[!=]==?\\s*${name}|${name}\\s*[!=]==?|\\bcase ${name}|\\.(?:includes|has|get|startsWith|endsWith)\\(${name}|\\[[^\\]]*${name}[^\\]]*\\]\\.includes|new Set\\(\\[${name}`,
    "g",
  );
  return [...files]
    .filter(([path]) => /^packages\/(targets|cli)\/src\//.test(path))
    .flatMap(([path, text]) =>
      [...text.matchAll(asked)].map(({ 0: code, index }) => `${path}:${text.slice(0, index).split("\n").length}: ${code}`),
    );
}

/** How often an option of a service stands as a key in the file that declares them: in its one shape, and wherever it is written again. */
function optionDeclarations() {
  const declaring = /^(?:export )?(?:const SERVICE\b[^{]*|interface ServiceOptions\b[^{]*)\{\n([\s\S]*?)^\}/m;
  const [, text] = [...files].find(([path, content]) => path.startsWith("packages/model/src/builder/") && declaring.test(content)) ?? [];
  const body = declaring.exec(text ?? "")?.[1] ?? "";
  const names = [...body.matchAll(/^ {2}(?:readonly )?(\w+)(?:\?:|:|,$)/gm)].map(([, name]) => name);
  const counts = names.map((name) => [...text.matchAll(new RegExp(`^ +(?:readonly )?${name}\\??:`, "gm"))].length);
  return { names: names.length, most: names.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...counts) };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function print() {
  const percent = (part, all) => Math.round((1000 * part) / all) / 10;
  const row = (name, paths) => {
    const own = paths.map((path) => lines.get(path));
    const alone = paths.filter((path) => single.includes(path)).length;
    return [name, paths.length, median(own), Math.max(...own), `${percent(alone, paths.length)} %`];
  };
  const all = [...files.keys()];
  const checks = [
    ["files with one importer, in percent", percent(single.length, all.length), LIMITS.oneImporterPercent, []],
    [`files over ${LIMITS.lines} lines`, long.length, 0, long],
    ["circles of imports", found.length, LIMITS.circles, found],
    ["classes below what runs when their file is loaded", late.length, LIMITS.lateClasses, late],
    ["special cases for a program of monitoring by its name", special.length, LIMITS.specialCases, special],
    [`times an option of a service is declared (${options.names} options)`, options.most, LIMITS.optionDeclarations, []],
  ];
  const broken = checks.filter(([, is, limit]) => is > limit);
  const isListed = process.argv.includes("--list");
  const report = [
    ...table([
      ["sources of", "files", "median lines", "longest", "one importer"],
      ...rooms.map((room) =>
        row(
          room,
          all.filter((path) => roomOf(path) === room),
        ),
      ),
      row("all", all),
    ]),
    "",
    ...table([["what", "is", "may be"], ...checks.map(([what, is, limit]) => [what, is, limit])]),
    ...(isListed ? checks : broken).flatMap(([, , , details]) => details.map((line) => `  ${line}`)),
    ...(isListed ? single.map((path) => `  one importer: ${path}, of ${importers.get(path)[0]}`) : []),
    ...broken.map(([what, is, limit]) => `✗ ${what}: ${is}, and may be ${limit} (scripts/lint-structure.mjs --list shows which)`),
  ];
  process.stdout.write(`${report.join("\n")}\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const cell = (text, column) => (column === 0 ? String(text).padEnd(widths[0]) : String(text).padStart(widths[column]));
  return rows.map((row) => row.map(cell).join("  "));
}
