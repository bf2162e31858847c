import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Plan, UserError } from "@groundplan/model";
import { findTerraform, hasConfiguration, LIFE_CYCLE, proveTerraform, type Terraform, type TerraformProof } from "@groundplan/prove";
import { json, STACK, variables } from "../arguments/options.js";
import { type CommandInput, command, flag, text } from "../command.js";
import { showProgress } from "../output/progress.js";
import { renderTable } from "../output/tables.js";
import { placeOf, targetNamed } from "../output/target-files.js";
import { writeFiles } from "../output/write-files.js";
import { listenForStop } from "../programs/stop-signals.js";
import { type OpenedPlan, openPlan } from "../stack-file/open-plan.js";

type Proven = readonly [configuration: Configuration, proof: TerraformProof];

/** `groundplan prove terraform`: exits 0 only when every configuration went through its whole life and every check held. */
export const proveTerraformFiles = command({
  summary: "Prove the Terraform files with the real terraform, offline: no account, no network, no cost",
  arguments: [],
  options: {
    ...STACK,
    dir: text("DIR", "prove these .tf files instead of the stack's; with --stack, they must have the stack's rules"),
    ...variables("a variable; operator_cidr and ssh_public_key have example values", "project=shop"),
    keep: flag("leave the files and their state where they were proven, and say where"),
    ...json("print {proven, terraform, configurations: [{folder, proven, steps, resources, checks}], notProven}"),
  },
  examples: [
    { line: "prove terraform", says: "the stack's own files: init, validate, plan, apply, plan again, destroy" },
    { line: "prove terraform --dir infra", says: "files written by hand" },
    { line: "prove terraform --dir infra --stack . --var project=shop", says: "and held against the stack's rules" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const terraform = await findTerraform();
    if ("problem" in terraform) throw new UserError(terraform.problem);

    const workFolder = mkdtempSync(join(tmpdir(), "groundplan-prove-"));
    const stop = listenForStop(() => terminal.err("stopping; press Ctrl-C again to end everything at once"));
    try {
      const configurations = await configurationsOf(input, join(workFolder, "rendered"));
      if (configurations === null) return 1;
      const proofs: Proven[] = [];
      for (const [index, configuration] of configurations.entries()) {
        const work = {
          workFolder: join(workFolder, `proof-${index + 1}`),
          variables: Object.fromEntries(options.var),
          signal: stop.signal,
        };
        proofs.push([configuration, await proveOne(input, terraform, configuration, work)]);
      }
      const proven = proofs.every(([, proof]) => proof.proven);
      if (options.json) terminal.out(JSON.stringify(report(terraform, proofs, proven), null, 2));
      else terminal.out([...proofs.map(([configuration, proof]) => renderProof(configuration, proof)), renderNotProven()].join("\n\n"));
      return proven ? 0 : 1;
    } catch (error) {
      if (error !== stop.signal.reason) throw error;
      return 1;
    } finally {
      stop.release();
      if (options.keep) terminal.err(`kept in ${workFolder}`);
      else rmSync(workFolder, { recursive: true, force: true });
    }
  },
});

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
  progress.note(`${shown}: the real ${name}, against an AWS in memory`);
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

/** A folder of .tf files that is proven by itself. */
export interface Configuration {
  /** As the user knows it. */
  readonly shown: string;
  readonly folder: string;
  /** The stack whose rules it must have; `null`: none. */
  readonly plan: Plan | null;
}

/** Of the files that `groundplan synth aws` writes: the folder of the hosts and their rules. */
const MAIN = "terraform";

type ProveInput = CommandInput<{ readonly stack: string | null; readonly dir: string | null }>;

/**
 * What the command line asks to be proven. `null`: the stack has problems, and they were shown.
 *
 * @param workFolder Where the stack's files are written when they are what is to be proven.
 * @throws UserError
 */
async function configurationsOf(input: ProveInput, workFolder: string): Promise<readonly Configuration[] | null> {
  const { options, folder } = input;
  const { dir } = options;
  const opened = dir !== null && options.stack === null ? undefined : await openPlan(input);
  if (opened === null) return null;
  if (dir === null) return opened === undefined ? null : renderedConfigurations(opened, workFolder);

  const own = resolve(folder, dir);
  if (!existsSync(own) || !hasConfiguration(own))
    throw new UserError({ message: `there are no .tf files in ${dir}`, fix: "name the folder that holds them: --dir DIR" });
  return [{ shown: dir, folder: own, plan: opened?.plan ?? null }];
}

function renderedConfigurations({ plan, folder: stackFolder }: OpenedPlan, workFolder: string): readonly Configuration[] {
  const { files } = targetNamed("aws").render(plan, placeOf(workFolder, stackFolder));
  writeFiles(workFolder, files);
  const folders = new Set(files.filter(({ path }) => path.endsWith(".tf")).map(({ path }) => dirname(path)));
  return [...folders].sort().map((folder) => ({
    shown: folder,
    folder: join(workFolder, folder),
    plan: folder === MAIN ? plan : null,
  }));
}

const MARKS = { true: "✓", false: "✗", null: "–" } as const;

/** What was applied, resource by resource, and what holds of it. */
export function renderProof({ shown }: Configuration, { resources, checks, proven }: TerraformProof): string {
  const rows = resources.map(({ address, values }) => [address, typeof values.id === "string" ? values.id : ""]);
  const claims = checks.flatMap(({ claim, holds, contradictions }) => [
    `${MARKS[`${holds}`]} ${claim}${holds === null ? ": nothing here to hold it against" : ""}`,
    ...contradictions.map((contradiction) => `    ${contradiction}`),
  ]);
  const headline = `${shown}: ${proven ? "proven" : "not proven"}`;
  return [
    ...(rows.length === 0 ? [] : [renderTable(["resource", "id"], rows), ""]),
    ...claims,
    ...(claims.length === 0 ? [] : [""]),
    headline,
  ].join("\n");
}

/** What only AWS itself can tell. */
const NOT_PROVEN: readonly string[] = [
  "that AWS has the AMI, the instance types and the DNS zone in the region",
  "that your account's quotas and permissions allow it",
  "that names which are unique in the world, such as a bucket's, are free",
  "what the machines do once they run, and what they cost",
];
