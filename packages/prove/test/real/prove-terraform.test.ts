import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { LIFE_CYCLE } from "../../src/index.js";
import { failureOf, folderWith, withTerraform } from "./prove.js";
import { SMALL_NETWORK } from "./small-network.js";

const LIFE = ["init", "validate", "plan", "apply", "plan again", "read back", "destroy"];

withTerraform(
  "a configuration is proven from init to destroy, its folder is left alone, and a second proof gives the same ids",
  async (prove) => {
    const folder = folderWith({ "main.tf": SMALL_NETWORK, "terraform.tfstate": "{}", ".terraform.lock.hcl": "not read" });
    const proof = await prove(folder);
    assert.equal(failureOf(proof), LIFE.join("\n"));
    assert.deepEqual(
      proof.checks.filter(({ holds }) => holds === false),
      [],
    );
    assert.ok(proof.proven);
    assert.equal(proof.resources.length, 12);
    assert.deepEqual(readdirSync(folder).sort(), [".terraform.lock.hcl", "main.tf", "terraform.tfstate"]);

    const [one, two] = proof.resources.filter(({ type }) => type === "aws_instance");
    assert.notEqual(one?.values.id, two?.values.id);
    assert.match(String(one?.values.private_ip), /^10\.0\.1\.\d+$/);
    assert.equal(one?.values.availability_zone, "eu-central-1a");

    const again = await prove(folder);
    // Which of the two hosts comes first is Terraform's choice.
    const idsOf = ({ resources }: typeof proof) => resources.map(({ values }) => values.id).sort();
    assert.deepEqual(idsOf(again), idsOf(proof));
  },
);

withTerraform("it needs no network: the same in a network namespace that has none", async (prove, context, program) => {
  const alone = ["unshare", "--net", "--map-root-user"] as const;
  const isEmpty = spawnSync(alone[0], [...alone.slice(1), "sh", "-c", "! ip route get 192.0.2.1"], { stdio: "ignore" }).status === 0;
  if (!isEmpty) return context.skip("needs unshare and ip, with the right to make a network namespace");
  const proof = await prove(folderWith({ "main.tf": SMALL_NETWORK }), { terraform: [...alone, program] });
  assert.equal(failureOf(proof), LIFE.join("\n"));
});

withTerraform("a provider that is not this one is not downloaded: Terraform says that it is missing", async (prove) => {
  const proof = await prove(folderWith({ "main.tf": `${SMALL_NETWORK}\nresource "random_id" "x" {\n  byte_length = 4\n}\n` }));
  assert.match(failureOf(proof), /^init failed: [\s\S]*hashicorp\/random was not\s+found[\s\S]*has the provider hashicorp\/aws only/);
  assert.deepEqual([proof.proven, proof.checks], [false, []]);
});

/** A mistake, the step that finds it, and what Terraform says. */
const MISTAKES: Readonly<Record<string, readonly [from: string | RegExp, to: string, step: string, says: RegExp]>> = {
  "a misspelt attribute": ["instance_type ", "instanse_type ", "validate", /Unsupported argument[\s\S]*Did you mean\s+"instance_type"/],
  "a missing required attribute": [
    / {2}vpc_id {12}= aws_vpc.main.id\n/,
    "",
    "validate",
    /Missing required argument[\s\S]*"vpc_id" is required/,
  ],
  "a value of the wrong type": [
    "to_port           = 22",
    'to_port = "ssh"',
    "validate",
    /Incorrect attribute value type[\s\S]*a number is required/,
  ],
  "a resource that is not declared": [
    "aws_security_group.web.id]",
    "aws_security_group.wep.id]",
    "validate",
    /Reference to undeclared resource/,
  ],
  "an attribute that a resource does not have": [
    "aws_subnet.public.id",
    "aws_subnet.public.ids",
    "validate",
    /has no argument, nested block, or exported attribute named\s+"ids"/,
  ],
  "a resource type that there is not": ['"aws_vpc" "main"', '"aws_vpcs" "main"', "validate", /Invalid resource type/],
  "a block where an attribute is": [
    'tags       = { Name = "small" }',
    'tags {\n    Name = "small"\n  }',
    "validate",
    /Unsupported block type/,
  ],
  "too many blocks": [
    "  root_block_device {",
    '  metadata_options {\n    http_tokens = "optional"\n  }\n\n  root_block_device {',
    "validate",
    /Too many metadata_options blocks/,
  ],
  "an index that a list of one zone does not have": ["names[0]", "names[3]", "plan", /Invalid index/],
  "a subnet that is no range": ['"10.0.1.0/24"', '"10.0.1.1/24"', "plan", /InvalidSubnet\.Range[\s\S]*10\.0\.1\.1\/24/],
  "a subnet outside its network": ['"10.0.1.0/24"', '"10.1.1.0/24"', "apply", /InvalidSubnet\.Range[\s\S]*outside/],
  "a security group that does not exist": [
    "[aws_security_group.web.id]",
    '["sg-0123456789abcdef0"]',
    "apply",
    /InvalidGroup\.NotFound[\s\S]*'sg-0123456789abcdef0' does not\s+exist/,
  ],
};

for (const [name, [from, to, step, says]] of Object.entries(MISTAKES)) {
  withTerraform(`${name} is found by ${step}`, async (prove) => {
    const text = SMALL_NETWORK.replace(from, to);
    assert.notEqual(text, SMALL_NETWORK);
    const proof = await prove(folderWith({ "main.tf": text }));
    assert.equal(proof.proven, false);
    assert.equal(proof.steps.at(-1)?.name, step, failureOf(proof));
    assert.match(proof.steps.at(-1)?.says ?? "", says);
  });
}

withTerraform("a configuration that would change something again is not proven", async (prove) => {
  const text = SMALL_NETWORK.replace('{ Name = "small" }', "{ At = timestamp() }");
  assert.match(
    failureOf(await prove(folderWith({ "main.tf": text }))),
    /plan again failed: a second apply would change something:[\s\S]*aws_vpc\.main will be updated in-place/,
  );
});

withTerraform("the trap of an Elastic IP on a host that has no address of its own is found by the second plan", async (prove) => {
  const text = `${SMALL_NETWORK.replace("associate_public_ip_address = true", "associate_public_ip_address = false")}
resource "aws_eip" "web" {
  domain   = "vpc"
  instance = aws_instance.web[0].id
}
`;
  assert.match(
    failureOf(await prove(folderWith({ "main.tf": text }))),
    /plan again failed: [\s\S]*associate_public_ip_address += true -> false # forces replacement/,
  );
});

withTerraform("what is protected is refused to be destroyed first, and goes without its protection", async (prove) => {
  const text = SMALL_NETWORK.replace("  count                       = 2\n", "  disable_api_termination     = true\n").replace(
    "aws_instance.web[*]",
    "aws_instance.web",
  );
  const kept = text.replace('resource "aws_vpc" "main" {', 'resource "aws_vpc" "main" {\n  lifecycle {\n    prevent_destroy = true\n  }');
  const proof = await prove(folderWith({ "main.tf": text }));
  assert.equal(failureOf(proof), [...LIFE, LIFE_CYCLE.destroyUnprotected.name].join("\n"));
  assert.equal(proof.steps.at(-2)?.says, "refused, as configured: aws_instance.web");

  const prevented = await prove(folderWith({ "main.tf": kept }));
  assert.ok(prevented.proven, failureOf(prevented));
  assert.equal(prevented.steps.at(-2)?.says, "refused, as configured: aws_vpc.main");
});

withTerraform("modules inside the folder, rules inside their groups and variables of the caller are part of the proof", async (prove) => {
  const groups = `variable "vpc_id" {}
variable "port" {
  type = number
}
resource "aws_security_group" "open" {
  name   = "open"
  vpc_id = var.vpc_id
  ingress {
    description = "everything"
    protocol    = "tcp"
    from_port   = var.port
    to_port     = var.port
    cidr_blocks = ["0.0.0.0/0"]
  }
}
`;
  const main = `${SMALL_NETWORK}
variable "port" {
  type = number
}
module "groups" {
  source = "./groups"
  vpc_id = aws_vpc.main.id
  port   = var.port
}
`;
  const folder = folderWith({ "main.tf": main, "groups/main.tf": groups });
  const open = await prove(folder, { variables: { port: "5432" } });
  assert.deepEqual(
    open.checks.flatMap(({ contradictions }) => contradictions),
    ["open to the internet: module.groups.aws_security_group.open ingress tcp 5432 from 0.0.0.0/0 (everything)"],
  );
  assert.equal(open.proven, false);
  assert.match(failureOf(await prove(folder)), /plan failed: [\s\S]*No value for required variable/);
});

withTerraform("a proof that is stopped ends Terraform and rejects", async (prove) => {
  const stop = new AbortController();
  const started: string[] = [];
  const stopped = prove(folderWith({ "main.tf": SMALL_NETWORK }), {
    signal: stop.signal,
    onStep: ({ name }, result) => {
      if (result === null) started.push(name);
      if (name === "validate") stop.abort(new Error("enough"));
    },
  });
  await assert.rejects(stopped, { message: "enough" });
  assert.deepEqual(started, ["init", "validate"]);
});
