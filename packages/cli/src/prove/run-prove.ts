import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@groundplan/model";
import { findTerraform, LIFE_CYCLE, proveTerraform, type Terraform, type TerraformProof } from "@groundplan/prove";
import { UsageError } from "../arguments/usage-error.js";
import type { CommandInput, ExitCode } from "../command.js";
import { showProgress } from "../output/progress.js";
import { listenForStop } from "../up/stop-signals.js";
import { type Configuration, configurationsOf } from "./configurations.js";
import { NOT_PROVEN } from "./not-proven.js";
import { parseVariables } from "./parse-variables.js";
import { renderProof } from "./render-proof.js";

type Proven = readonly [configuration: Configuration, proof: TerraformProof];

/** `groundplan prove terraform`: exits 0 only when every configuration went through its whole life and every check held. */
export async function runProve(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const what = given.positional(0);
  if (what !== "terraform") throw new UsageError(`there is no proof of "${what}" (proofs: terraform)`);
  const variables = parseVariables(given.list("var"));
  const terraform = await findTerraform();
  if ("problem" in terraform) throw new UserError(terraform.problem);

  const workFolder = mkdtempSync(join(tmpdir(), "groundplan-prove-"));
  const stop = listenForStop(() => terminal.err("stopping; once more ends everything at once"));
  try {
    const configurations = await configurationsOf(input, join(workFolder, "rendered"));
    if (configurations === null) return 1;
    const proofs: Proven[] = [];
    for (const [index, configuration] of configurations.entries()) {
      const work = { workFolder: join(workFolder, `proof-${index + 1}`), variables, signal: stop.signal };
      proofs.push([configuration, await proveOne(input, terraform, configuration, work)]);
    }
    const proven = proofs.every(([, proof]) => proof.proven);
    if (given.flag("json")) terminal.out(JSON.stringify(report(terraform, proofs, proven), null, 2));
    else terminal.out([...proofs.map(([configuration, proof]) => renderProof(configuration, proof)), renderNotProven()].join("\n\n"));
    return proven ? 0 : 1;
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
    return 1;
  } finally {
    stop.release();
    if (given.flag("keep")) terminal.err(`kept in ${workFolder}`);
    else rmSync(workFolder, { recursive: true, force: true });
  }
}

async function proveOne(
  { terminal }: CommandInput,
  { name }: Terraform,
  { shown, folder, plan }: Configuration,
  work: { readonly workFolder: string; readonly variables: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<TerraformProof> {
  const progress = showProgress(
    terminal,
    Object.values(LIFE_CYCLE).map((step) => step.name),
  );
  progress.note(`${shown}: the real ${name}, an AWS that is only here`);
  try {
    const proof = await proveTerraform({
      ...work,
      folder,
      plan,
      terraform: [name],
      onStep: (step, result) => {
        if (result === null) progress.step(step.name, `${name} ${step.args.join(" ")}`);
        else progress.end(step.name, result.passed ? `✓ ${result.says}`.trimEnd() : "✗");
      },
    });
    progress.close();
    for (const { passed, says } of proof.steps) if (!passed) terminal.err(`\n${says}\n`);
    return proof;
  } finally {
    progress.close();
  }
}

function report(terraform: Terraform, proofs: readonly Proven[], proven: boolean): object {
  return {
    proven,
    terraform,
    configurations: proofs.map(([{ shown }, proof]) => ({
      folder: shown,
      proven: proof.proven,
      steps: proof.steps,
      resources: proof.resources,
      checks: proof.checks,
    })),
    notProven: NOT_PROVEN,
  };
}

function renderNotProven(): string {
  return ["Nobody can prove offline:", ...NOT_PROVEN.map((what) => `  ${what}`)].join("\n");
}
