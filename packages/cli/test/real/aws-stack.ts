import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { OfflineAwsRun } from "@groundplan/prove";
import { folderWith } from "../helpers.js";

/** Two hosts: a page in the public subnet, its database behind it. No image is built. */
const STACK = `import { stack } from "groundplan";

export default stack("tiny", (s) => {
  const db = s.postgres("db");
  const web = s.service("web", { image: "example.com/web:1", port: 80, public: true, uses: { db } });
  s.host("front", { subnet: "public", runs: [web] });
  s.host("back", { subnet: "private", runs: [db] });
});
`;

/** The variables without a default: a range for documentation, and a key that belongs to nobody. */
export const VARIABLES = [
  "--var",
  "operator_cidr=203.0.113.7/32",
  "--var",
  "ssh_public_key=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDwUu8K4yYp8dVJ2pQ0n5mYkXw3q1o7r9t5u2v4w6x8A nobody",
] as const;

/** Writes down its name and its arguments, and then does what the text says. */
const recorder = (folder: string, name: string, then: string) =>
  `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> ${join(folder, "ran.txt")}\n${then}\n`;

const ANSIBLE_VERSION = 'if [ "$1" = --version ]; then echo "ansible-playbook [core 2.14.18]"; exit; fi';

/** An ansible-playbook that prints this, and its version when it is asked for. */
export const playbookThat = (does: string) => `${ANSIBLE_VERSION}\n${does}`;

export const PLAYBOOK_IS_FINE = playbookThat("echo 'front : ok=1 changed=0 unreachable=0 failed=0'");

export interface AwsStack {
  readonly folder: string;
  /** What ran, a command a line, by the programs that are not the real ones. */
  ran(): readonly string[];
  /** Puts a program, a shell script, before all others of its name. */
  program(name: string, text: string): void;
}

/**
 * The stack in a folder of its own. Programs that would talk to hosts are replaced by ones that write down how they were called;
 * Terraform is the real one, with a provider that needs no AWS. PATH and the other variables are put back after the test.
 *
 * @param terraform Which of the programs that users may have.
 * @param webUrl Where the page answers: Terraform's addresses are those of nobody.
 */
export function awsStack(
  context: TestContext,
  { env }: Pick<OfflineAwsRun, "env">,
  terraform: { readonly name: string; readonly path: string },
  webUrl: string,
): AwsStack {
  const folder = folderWith({ "stack.ts": STACK });
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), recorder(folder, name, text));
    chmodSync(join(bin, name), 0o755);
  };
  writeFileSync(
    join(bin, terraform.name),
    `#!/bin/sh\nif [ "$1" = output ]; then ${terraform.path} "$@" | sed 's#http://203[.]0[.]113[.][0-9]*#${webUrl}#'; else exec ${terraform.path} "$@"; fi\n`,
  );
  chmodSync(join(bin, terraform.name), 0o755);
  program("ansible-playbook", PLAYBOOK_IS_FINE);
  program("ansible-inventory", "echo '{}'");
  program("ssh", 'if [ "$1" = -V ]; then echo OpenSSH_9.2p1 >&2; fi');
  program("docker", "echo 20.10.24");

  const settings: Record<string, string> = {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("TF_") || name === "CHECKPOINT_DISABLE")),
    // Without it the machine's terraform would be taken where it has one.
    ...(terraform.name === "terraform" ? {} : { GROUNDPLAN_TERRAFORM: terraform.name }),
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "hush-hush",
    AWS_EC2_METADATA_DISABLED: "true",
    HOME: folder,
    PATH: `${bin}:${process.env.PATH}`,
  };
  const before = new Map(Object.keys(settings).map((name) => [name, process.env[name]]));
  Object.assign(process.env, settings);
  context.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const record = join(folder, "ran.txt");
  const ran = () => (existsSync(record) ? readFileSync(record, "utf8").trim().split("\n") : []);
  return { folder, program, ran };
}
