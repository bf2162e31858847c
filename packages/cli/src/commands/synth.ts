import { join, resolve } from "node:path";
import { UsageError } from "../arguments/usage-error.js";
import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

export const synth: Command = {
  name: "synth",
  summary: "Writes the files of a target: plain files that run without groundplan",
  positionals: [{ name: "target", summary: "what to write for, for example graph" }],
  options: [
    STACK_OPTION,
    { name: "out", value: "DIR", summary: "folder to write to; required" },
    { name: "check", value: null, summary: "write nothing, fail when the files in DIR are not the stack's" },
    jsonOption("print {target, out, files, secretFiles, notes} or, with --check, {target, out, differences}"),
  ],
  examples: [
    { line: "synth graph --out out/graph", says: "the stack's diagrams" },
    { line: "synth graph --out out/graph --check", says: "in CI: are they up to date?" },
  ],
  async run(input) {
    const { arguments: given, terminal } = input;
    const [{ TARGETS }, { nearest }] = await Promise.all([import("@groundplan/targets"), import("@groundplan/model")]);
    const name = given.positional(0);
    const names = TARGETS.map((target) => target.name);
    const target = TARGETS.find((candidate) => candidate.name === name);
    if (target === undefined) {
      const meant = nearest(name, names);
      throw new UsageError(
        `there is no target "${name}" (targets: ${names.join(", ")}).${meant === null ? "" : ` Did you mean "${meant}"?`}`,
      );
    }
    const out = given.text("out");
    if (out === null) throw new UsageError(`groundplan synth needs a folder to write to: groundplan synth ${name} --out DIR`);

    const [{ openPlan }, { differences }, { placeOf }, { secretDifferences }, { describeWritten, writeTarget }] = await Promise.all([
      import("../stack-file/open-plan.js"),
      import("../output/write-files.js"),
      import("../output/output-place.js"),
      import("../secret-files/write-secret-files.js"),
      import("../output/write-target.js"),
    ]);
    const opened = await openPlan(input);
    if (opened === null) return 1;
    const folder = resolve(input.folder, out);

    if (given.flag("check")) {
      const { files, secretFiles } = target.render(opened.plan, placeOf(folder, opened.folder));
      const found = [...differences(folder, files), ...secretDifferences(folder, secretFiles)];
      const count = files.length + secretFiles.length;
      if (given.flag("json")) terminal.out(JSON.stringify({ target: name, out, differences: found }, null, 2));
      else if (found.length === 0) terminal.out(`${out} is up to date (${count} files)`);
      for (const difference of found) terminal.err(`${join(out, difference)}`);
      if (found.length > 0) terminal.err(`next: groundplan synth ${name} --out ${out}`);
      return found.length === 0 ? 0 : 1;
    }

    const written = writeTarget(target, opened, folder);
    const { files, secretFiles, notes } = written;
    if (given.flag("json")) {
      const paths = (list: readonly { readonly path: string }[]) => list.map((file) => file.path);
      terminal.out(JSON.stringify({ target: name, out, files: paths(files), secretFiles: paths(secretFiles), notes }, null, 2));
    } else for (const line of describeWritten(written, out)) terminal.out(line);
    for (const note of notes) terminal.err(`note: ${note}`);
    const next = target.next(out);
    if (next !== null) terminal.err(`next: ${next}`);
    return 0;
  },
};
