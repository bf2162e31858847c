import assert from "node:assert/strict";
import { dirname } from "node:path";
import { build, type Plan, planOf, type StackDefinition, stack } from "@groundplan/model";
import { TARGETS } from "@groundplan/targets";
import { minimalStack, votingStack } from "@groundplan/testing";
import { LIFE_CYCLE } from "../../src/index.js";
import { failureOf, folderWith, withTerraform } from "./prove.js";

const LIFE = ["init", "validate", "plan", "apply", "plan again", "read back", "destroy"];

/** The files of the target aws by their path. */
function filesOf(plan: Plan): Readonly<Record<string, string>> {
  const target = TARGETS.find(({ name }) => name === "aws");
  assert.ok(target !== undefined, "there is a target aws");
  return Object.fromEntries(target.render(plan, { stackFolder: ".." }).files.map(({ path, text }) => [path, text]));
}

/** Those of one folder, without the ones below it. */
function inFolder(files: Readonly<Record<string, string>>, folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => dirname(path) === folder)
      .map(([path, text]) => [path.slice(folder.length + 1), text]),
  );
}

/** Two zones, no NAT gateway, a domain, and a host whose name has a hyphen. */
function wideStack(): StackDefinition {
  return stack("wide", (s) => {
    const db = s.postgres("db");
    const api = s.service("api", { image: build("./api"), port: 8000, uses: { db } });
    const web = s.service("web", { image: build("./web"), port: 8080, public: true, uses: { api } });
    s.host("front-end", { subnet: "public", runs: [web] });
    s.host("app-one", { subnet: "private", runs: [api] });
    s.host("data", { subnet: "private", runs: [db] });
    s.aws({ region: "eu-central-1", availabilityZones: 2, nat: false, domain: "shop.example.com" });
  });
}

const STACKS: Readonly<Record<string, () => StackDefinition>> = {
  voting: votingStack,
  minimal: minimalStack,
  wide: wideStack,
};

for (const [name, makeStack] of Object.entries(STACKS)) {
  withTerraform(`the generated files of the ${name} stack are proven, and every check holds`, async (prove) => {
    const definition = makeStack();
    const plan = planOf(definition);
    const proof = await prove(folderWith(inFolder(filesOf(plan), "terraform")), { plan });
    const isProtected = proof.steps.some((step) => step.name === LIFE_CYCLE.destroyUnprotected.name);
    assert.equal(failureOf(proof), [...LIFE, ...(isProtected ? [LIFE_CYCLE.destroyUnprotected.name] : [])].join("\n"));
    assert.deepEqual(
      proof.checks.filter(({ holds }) => holds !== true),
      [],
    );
    const count = (type: string) => proof.resources.filter((resource) => resource.type === type).length;
    assert.equal(count("aws_instance"), plan.hosts.length);
    assert.equal(count("aws_vpc_security_group_ingress_rule"), plan.rules.filter(({ direction }) => direction === "ingress").length);
  });
}

withTerraform("the bootstrap of the state is proven: its bucket is refused to be destroyed, as configured", async (prove) => {
  const proof = await prove(folderWith(inFolder(filesOf(planOf(votingStack())), "terraform/bootstrap")));
  assert.ok(proof.proven, failureOf(proof));
  assert.equal(proof.steps.at(-2)?.says, "refused, as configured: aws_s3_bucket.state");
});

/** What somebody could do to the generated files, and the claim that then does not hold. */
const HARM: readonly (readonly [what: RegExp, by: string, contradiction: RegExp])[] = [
  [
    /(resource "aws_vpc_security_group_ingress_rule" "database_ingress_5432_from_backend" \{[\s\S]*?from_port += )5432(\s+to_port += )5432/,
    "$15433$25433",
    /^missing: aws_security_group\.database ingress tcp 5432 from aws_security_group\.backend/,
  ],
  [/cidr_ipv4 +=.*operator_cidr/, 'cidr_ipv4 = "0.0.0.0/0"', /^open to the internet: aws_security_group\.frontend ingress tcp 22 /],
  [
    /(resource "aws_instance" "database" \{[\s\S]*?associate_public_ip_address += )false/,
    "$1true",
    /^aws_instance\.database is private and has the public address/,
  ],
  [/encrypted( +)= true/, "encrypted$1= false", /volume is not encrypted$/],
  [/http_tokens( +)= "required"/, 'http_tokens$1= "optional"', /has no metadata_options with http_tokens = "required"$/],
];

withTerraform("generated files that were harmed by hand pass Terraform and fail the checks", async (prove) => {
  const plan = planOf(votingStack());
  const files = inFolder(filesOf(plan), "terraform");
  const harmed = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, HARM.reduce((changed, [what, by]) => changed.replace(what, by), text)]),
  );
  for (const [what] of HARM)
    assert.ok(
      Object.values(files).some((text) => what.test(text)),
      `${what} is in the files`,
    );
  const proof = await prove(folderWith(harmed), { plan });
  assert.ok(
    proof.steps.every(({ passed }) => passed),
    failureOf(proof),
  );
  assert.equal(proof.proven, false);
  const contradictions = proof.checks.flatMap((check) => check.contradictions);
  for (const [, , expected] of HARM)
    assert.ok(
      contradictions.some((text) => expected.test(text)),
      `${expected}\n${contradictions.join("\n")}`,
    );
});
