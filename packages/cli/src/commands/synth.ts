import { join, resolve } from "node:path";
import { TARGETS } from "@groundplan/targets";
import { json, STACK } from "../arguments/options.js";
import { UsageError, unknownName } from "../arguments/usage-error.js";
import { command, flag, text } from "../command.js";
import { describeWritten, placeOf, writeTarget } from "../output/target-files.js";
import { differences } from "../output/write-files.js";
import { secretDifferences } from "../secret-files/secret-files.js";
import { openPlan } from "../stack-file/open-plan.js";

const NAMES = TARGETS.map(({ name }) => name);

export const synth = command({
  summary: "Write the files of a target: plain files that run without groundplan",
  arguments: [{ name: "target", summary: `one of ${NAMES.join(", ")}` }],
  options: {
    ...STACK,
    out: text("DIR", "folder to write to; required"),
    check: flag("write nothing; fail if the files in DIR aren't the stack's"),
    ...json("print {target, out, files, secretFiles, notes} or, with --check, {target, out, differences}"),
  },
  examples: [
    { line: "synth compose --out out/compose", says: "a Compose file, and what belongs to it" },
    { line: "synth graph --out out/graph --check", says: "in CI: are the diagrams up to date?" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const [name = ""] = input.arguments;
    const target = TARGETS.find((candidate) => candidate.name === name);
    const mistakes = target === undefined ? [unknownName(`there is no target "${name}"`, name, NAMES, "targets")] : [];
    const { out } = options;
    if (out === null) mistakes.push(new UsageError(`synth needs a folder to write to: groundplan synth ${name} --out DIR`));
    if (target === undefined || out === null) throw new UsageError(mistakes.flatMap(({ sentences }) => sentences));

    const opened = await openPlan(input);
    if (opened === null) return 1;
    const folder = resolve(input.folder, out);

    if (options.check) {
      const { files, secretFiles } = target.render(opened.plan, placeOf(folder, opened.folder));
      const found = [...differences(folder, files), ...secretDifferences(folder, secretFiles)];
      const count = files.length + secretFiles.length;
      if (options.json) terminal.out(JSON.stringify({ target: name, out, differences: found }, null, 2));
      else if (found.length === 0) terminal.out(`${out} is up to date (${count} files)`);
      for (const difference of found) terminal.err(`${join(out, difference)}`);
      if (found.length > 0) terminal.err(`next: groundplan synth ${name} --out ${out}`);
      return found.length === 0 ? 0 : 1;
    }

    const written = writeTarget(target, opened, folder);
    const { files, secretFiles, notes } = written;
    if (options.json) {
      const paths = (list: readonly { readonly path: string }[]) => list.map((file) => file.path);
      terminal.out(JSON.stringify({ target: name, out, files: paths(files), secretFiles: paths(secretFiles), notes }, null, 2));
    } else for (const line of describeWritten(written, out)) terminal.out(line);
    for (const note of notes) terminal.err(`note: ${note}`);
    const next = target.next(out);
    if (next !== null) terminal.err(`next: ${next}`);
    return 0;
  },
});
