import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { TERRAFORMS } from "@groundplan/testing";
import { attribute, block, quoted, raw, renderHcl } from "../../src/aws/terraform/hcl.js";
import { terraformOf } from "../aws/hosts-plans.js";
import { AWS_PLANS, planCalled } from "../aws/terraform-plans.js";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGfakegroundplanexamplekeyforproofs0000000000000 someone@example.com";
const GOOD = { operator_cidr: "203.0.113.7/32", ssh_public_key: KEY };

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs the real program in a folder of these files, with no settings of this machine, until one of the commands fails. */
async function terraform(
  program: string,
  files: Readonly<Record<string, string>>,
  ...commands: readonly (readonly string[])[]
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-terraform-files-"));
  try {
    for (const [path, text] of Object.entries({ ...files, "none.tfrc": "" })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    let ended: Ended = { code: 0, output: "" };
    for (const args of commands) {
      ended = await run(program, folder, args);
      if (ended.code !== 0) break;
    }
    return ended;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, cwd: string, args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: cwd, TF_CLI_CONFIG_FILE: join(cwd, "none.tfrc"), TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, output: stdout });
      else if (typeof error.code === "number") resolve({ code: error.code, output: stdout + stderr });
      else reject(error);
    });
  });
}

/** A test for each program that users may have. */
function withTerraform(name: string, work: (program: string) => Promise<void>): void {
  for (const { name: tool, path, missing } of TERRAFORMS) {
    test(`${name} (${tool})`, (context) => (path === null ? context.skip(missing) : work(path)));
  }
}

withTerraform("fmt leaves every generated file as it is", async (program) => {
  const files = Object.entries(AWS_PLANS).flatMap(([name, plan]) => terraformOf(plan).map(({ path, text }) => [`${name}/${path}`, text]));
  const ended = await terraform(program, Object.fromEntries(files), ["fmt", "-check", "-recursive", "-diff"]);
  assert.deepEqual(ended, { code: 0, output: "" });
});

withTerraform("every string is read back as it was", async (program) => {
  const texts = ['"quoted"', "back\\slash", `\${a} $\${b} %{c} $ % {`, "line\nend\ttab\r", "é → ✓ 'x'", `$\${`, "%%{", `\${`];
  const text = renderHcl([
    block("output", ["texts"], attribute("value", texts)),
    block("output", ["raw"], attribute("value", raw(quoted(texts.join(""))))),
  ]);
  const ended = await terraform(program, { "main.tf": text }, ["apply", "-auto-approve"], ["output", "-json"]);
  const outputs = JSON.parse(ended.output) as Record<string, { value: unknown }>;
  assert.deepEqual([outputs.texts?.value, outputs.raw?.value], [texts, texts.join("")]);
});

/** Terraform's answer to values of the variables: the error messages, or nothing. */
async function refusal(program: string, plan: string, values: Readonly<Record<string, string>>): Promise<string> {
  const variables = terraformOf(planCalled(plan)).find(({ path }) => path === "terraform/variables.tf");
  const given = Object.entries(values).flatMap(([name, value]) => ["-var", `${name}=${value}`]);
  const ended = await terraform(program, { "variables.tf": variables?.text ?? assert.fail() }, ["plan", "-no-color", ...given]);
  return ended.code === 0 ? "" : ended.output.replace(/[│╷╵\s]+/g, " ");
}

const REFUSED: readonly (readonly [what: string, values: Readonly<Record<string, string>>, says: RegExp])[] = [
  ["no range", { operator_cidr: "me" }, /Write an IPv4 range/],
  ["an address without a prefix", { operator_cidr: "203.0.113.7" }, /Write an IPv4 range/],
  ["bits after the prefix", { operator_cidr: "203.0.113.7/24" }, /Write an IPv4 range/],
  ["IPv6", { operator_cidr: "2001:db8::/32" }, /Write an IPv4 range/],
  ["all of IPv6", { operator_cidr: "::/0" }, /Write an IPv4 range/],
  ["everybody", { operator_cidr: "0.0.0.0/0" }, /opens SSH to the internet/],
  ["half of everybody", { operator_cidr: "128.0.0.0/1" }, /opens SSH to the internet/],
  ["a private key", { ssh_public_key: "-----BEGIN OPENSSH PRIVATE KEY-----" }, /Write one public key/],
  ["two keys", { ssh_public_key: `${KEY}\n${KEY}` }, /Write one public key/],
  ["a key that EC2 does not take", { ssh_public_key: KEY.replace("ssh-ed25519", "ecdsa-sha2-nistp256") }, /Write one public key/],
  ["no region", { region: "Frankfurt" }, /Write the code of a region/],
  ["an unknown host", { instance_types: '{ databse = "t3.small" }' }, /The hosts are frontend, backend, database/],
  ["no instance type", { instance_types: '{ backend = "small" }' }, /Instance types are a family/],
  ["an ARM type", { instance_types: '{ backend = "t4g.small" }' }, /ARM families/],
  ["a volume of a host without one", { data_volume_gb: "{ frontend = 50 }" }, /The hosts are backend, database/],
  ["a disk too small", { root_volume_gb: "7" }, /needs 8 GiB/],
  ["days that CloudWatch does not know", { log_retention_days: "31" }, /CloudWatch knows/],
  ["no e-mail address", { alarm_email: "ops" }, /Write one e-mail address/],
];

withTerraform("values of variables that cannot be meant are refused, and it is said what is", async (program) => {
  for (const [what, values, says] of REFUSED) {
    const message = await refusal(program, "voting", { ...GOOD, ...values });
    assert.match(message, says, what);
  }
});

withTerraform("values that are meant are taken", async (program) => {
  const meant: readonly Readonly<Record<string, string>>[] = [
    {
      operator_cidr: "198.51.100.0/24",
      ssh_public_key: `${KEY}\n`,
      region: "ap-southeast-7",
      instance_types: '{ backend = "m7i-flex.large" }',
    },
    { operator_cidr: "0.0.0.0/0", allow_ssh_from_anywhere: "true" },
  ];
  for (const values of meant) {
    const message = await refusal(program, "voting", { ...GOOD, ...values });
    assert.equal(message, "");
  }
});
