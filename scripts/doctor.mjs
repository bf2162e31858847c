// npm run doctor: what the tests look for on this machine, what it lacks, and what each thing would test. Always exits 0.
//   -- --json       all of it, for programs
//   -- --packages   only the names of the Debian packages that are missing, for apt-get
// What groundplan itself needs is told by "groundplan doctor".
import { findProgram, howToGet, PROGRAMS } from "./programs.mjs";

const OPTIONS = ["--json", "--packages"];

const findings = Object.entries(PROGRAMS).map(([name, { from, version = null, package: debianPackage = null, tests }]) => {
  const found = findProgram(name);
  return { name, from, version, package: debianPackage, found: "path" in found, path: found.path || null, tests, get: howToGet(name) };
});
const missing = findings.filter(({ found }) => !found);

const [option, ...more] = process.argv.slice(2);
if (more.length > 0 || (option !== undefined && !OPTIONS.includes(option))) {
  process.stderr.write(`npm run doctor takes one of: ${OPTIONS.join(", ")}\n`);
} else if (option === "--json") process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
else if (option === "--packages")
  process.stdout.write(
    packages()
      .map((name) => `${name}\n`)
      .join(""),
  );
else process.stdout.write(report());

function packages() {
  return [...new Set(missing.flatMap(({ package: name }) => name ?? []))].sort();
}

function report() {
  const have = findings.filter(({ found }) => found).map(({ name, version }) => (version === null ? name : `${name} ${version}`));
  const lines = [`Here: ${have.join(", ")}`];
  if (missing.length === 0) return `${lines[0]}\n\nNothing is missing: every test can run.\n`;
  lines.push("", "Missing, and what it would test:");
  const width = Math.max(...missing.map(({ name }) => name.length));
  for (const { name, tests, get } of missing) lines.push(`  ${name.padEnd(width)}  ${tests}`, `  ${"".padEnd(width)}  -> ${get}`);
  const tools = missing.filter(({ from }) => from === "tool").map(({ name }) => name);
  lines.push("");
  if (packages().length > 0) lines.push(`All of Debian's:  sudo apt-get install ${packages().join(" ")}`);
  if (tools.length > 0) lines.push(`All that is made: npm run tools ${tools.join(" ")}`);
  return `${lines.join("\n")}\n`;
}
