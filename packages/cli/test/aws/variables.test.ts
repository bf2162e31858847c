import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@groundplan/model";
import { hostsPlanOf } from "@groundplan/targets";
import { votingStack } from "@groundplan/testing";
import { plan } from "../../src/aws/deploy.js";
import { otherValues, variableProblems } from "../../src/aws/requirements.js";
import { parseArguments } from "../../src/groundplan.js";

const NAMES = ["operator_cidr", "ssh_public_key", "region"];
const declared = hostsPlanOf(planOf(votingStack())).variables.filter(({ name }) => NAMES.includes(name));
const nowhere = otherValues({}, []);
const problems = (given: Record<string, string>, others: Parameters<typeof variableProblems>[2] = nowhere) =>
  variableProblems(declared, new Map(Object.entries(given)), others).map(({ message, fix }) => `${message} -> ${fix}`);
const GOOD = { operator_cidr: "203.0.113.7/32", ssh_public_key: "ssh-ed25519 AAAA" };

test("which variables there are, and which have no default, is what the plan for the hosts says", () => {
  assert.deepEqual(
    declared.map(({ name, required }) => ({ name, required })),
    [
      { name: "operator_cidr", required: true },
      { name: "ssh_public_key", required: true },
      { name: "region", required: false },
    ],
  );
});

test("variables without a value are asked for by name, all at once, with the flag that gives them", () => {
  const found = problems({});
  assert.equal(found.length, 2);
  assert.match(
    found[0] ?? "",
    /^variable operator_cidr has no value .* -> add --var operator_cidr=203\.0\.113\.7\/32; .*terraform\.tfvars.*TF_VAR_operator_cidr$/,
  );
  assert.match(found[1] ?? "", /^variable ssh_public_key has no value .* -> add --var ssh_public_key="\$\(cat/);
  assert.deepEqual(problems(GOOD), []);
});

test("values of the environment and of Terraform's own files count, the later ones more", () => {
  const env = { TF_VAR_operator_cidr: "203.0.113.7/32", TF_VAR_ssh_public_key: "", OTHER: "x" };
  const tfvars = (text: string) => otherValues(env, [["terraform.tfvars", text]]);
  assert.match(problems({}, otherValues(env, [])).join(), /^variable ssh_public_key has no value/);
  assert.deepEqual(problems({}, tfvars('  ssh_public_key="ssh-ed25519 AAAA"\n')), []);
  assert.deepEqual(problems({}, otherValues({}, [["x.auto.tfvars.json", JSON.stringify(GOOD)]])), []);
  assert.match(problems({}, tfvars("# ssh_public_key = 1\nmy_ssh_public_key = 2\n")).join(), /ssh_public_key has no value/);
  assert.deepEqual(
    [...tfvars('operator_cidr = "203.0.113.0/24" # ours\nports = [1]\n')],
    [
      ["operator_cidr", "203.0.113.0/24"],
      ["ports", null],
    ],
  );
  assert.equal(otherValues({}, [["terraform.tfvars.json", "{"]]).size, 0);
});

test("an operator's range that is none is refused wherever it comes from, and nobody is asked for it", () => {
  for (const text of ["auto", "203.0.113.7/33", "203.0.113/24", "300.0.0.1/32", "203.0.113.7/32/1", "", "10.0.0.0/x"]) {
    assert.match(
      problems({ ...GOOD, operator_cidr: text }).join(),
      /^operator_cidr is a range of addresses, .* not ".*\(groundplan doesn't ask\)/,
      text,
    );
  }
  assert.match(problems({ ...GOOD, operator_cidr: "203.0.113.7" }).join(), /--var operator_cidr=203\.0\.113\.7\/32$/);
  const { ssh_public_key: key } = GOOD;
  assert.match(problems({ ssh_public_key: key }, otherValues({}, [["terraform.tfvars", 'operator_cidr = "auto"\n']])).join(), /not "auto"/);
  assert.match(problems({ ssh_public_key: key }, otherValues({ TF_VAR_operator_cidr: "auto" }, [])).join(), /not "auto"/);
});

test("a variable that the files do not have is said with what was probably meant", () => {
  assert.match(problems({ ...GOOD, regoin: "eu-west-1" }).join(), /^--var regoin: .*no variable "regoin" -> write --var region=VALUE$/);
  assert.match(problems({ ...GOOD, zzzzzzzzzz: "1" }).join(), /write one of operator_cidr, ssh_public_key, region$/);
});

test("--var is NAME=VALUE, given once; the value may hold anything", () => {
  const given = (...words: string[]) => parseArguments({ path: "aws plan", command: plan }, words).options.var as Map<string, string>;
  assert.deepEqual(
    [...given("--var", "a=b=c d", "--var", "e=")],
    [
      ["a", "b=c d"],
      ["e", ""],
    ],
  );
  assert.throws(() => given("--var", "nothing"), /--var is written NAME=VALUE, .* not "nothing"/);
  assert.throws(() => given("--var", "a=1", "--var", "a=2"), /--var a is given twice/);
});
