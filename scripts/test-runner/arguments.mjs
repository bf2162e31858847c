// The command line of npm test.
import { parseArgs } from "node:util";

export const HELP = `npm test -- [options] [part of a path ...]

Makes the checkout ready (dependencies, compiling), checks format, lint and types, and runs three rings of tests: values, real services,
the whole system. What a missing tool keeps from running is listed at the end.

  --quick           the checks and the values only: what needs no service. Under a minute.
  --changed         what the changes touch that are not committed yet; with --base REV, all changes since REV
  --base REV        see --changed
  --matrix          npm start in folders, for users and with tools of all kinds; needs root for most of it. Not part of a plain run.
  --slowest N       how many of the slowest files and tests to list at the end. Default: 0
  --at-once N       how many processes may run side by side, in cores that they take. Default: the machine's cores
  --summary FILE    writes what ran, how long and with what outcome there, as JSON
  --list            prints which files would run, and runs nothing
  --help

Examples
  npm test                          everything
  npm test -- ledger queues         the files whose path has "ledger" or "queues" in it
  npm test -- --changed             before a commit
  npm test -- --changed --base main before a merge
  npm test -- --slowest 20          with a table of what takes the time

A test that draws at random prints its seed when it fails, and how to give it the same seed again.
`;

/** Prints a sentence and ends the process with 2 where the command line is wrong, with 0 after --help. */
export function readArguments(argv) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        changed: { type: "boolean", default: false },
        base: { type: "string" },
        matrix: { type: "boolean", default: false },
        slowest: { type: "string", default: "0" },
        "at-once": { type: "string" },
        summary: { type: "string" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse(error.message.split(". ")[0]);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const chosen = ["quick", "changed", "matrix"].filter((name) => values[name]);
  if (chosen.length > 1) refuse(`--${chosen.join(" and --")} exclude each other`);
  if (values.base !== undefined && !values.changed) refuse("--base goes with --changed");
  return {
    ...values,
    slowest: wholeNumber("--slowest", values.slowest, 0),
    atOnce: values["at-once"] === undefined ? undefined : wholeNumber("--at-once", values["at-once"], 1),
    parts: positionals,
  };
}

function wholeNumber(option, text, least) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) refuse(`${option} takes a whole number from ${least} on, not "${text}"`);
  return number;
}

function refuse(sentence) {
  process.stderr.write(`${sentence}. See npm test -- --help\n`);
  process.exit(2);
}
