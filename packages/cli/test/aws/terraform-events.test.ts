import assert from "node:assert/strict";
import { test } from "node:test";
import { renderPlan } from "../../src/aws/terraform.js";
import { type Diagnostic, parseTerraformEvent } from "../../src/aws/terraform-events.js";
import { explainDiagnostics } from "../../src/aws/terraform-failures.js";

/** Lines that Terraform 1.11.4 printed, times and modules left out. */
const resource =
  '"resource":{"addr":"aws_vpc.main","module":"","resource":"aws_vpc.main","resource_type":"aws_vpc","resource_name":"main"}';

test("the lines of terraform -json are read: what is planned, how it gets on, what it came to", () => {
  const line = (type: string, rest: string) => parseTerraformEvent(`{"@level":"info","@message":"m",${rest},"type":"${type}"}`);
  assert.deepEqual(line("planned_change", `"change":{${resource},"action":"create"}`), {
    kind: "planned",
    address: "aws_vpc.main",
    action: "create",
  });
  assert.deepEqual(line("change_summary", '"changes":{"add":2,"change":1,"import":0,"remove":3,"operation":"plan"}'), {
    kind: "changes",
    changes: { add: 2, change: 1, remove: 3 },
  });
  assert.deepEqual(line("apply_start", `"hook":{${resource},"action":"create"}`), {
    kind: "started",
    address: "aws_vpc.main",
    action: "create",
  });
  assert.deepEqual(line("apply_progress", `"hook":{${resource},"action":"create","elapsed_seconds":10}`), {
    kind: "goes-on",
    address: "aws_vpc.main",
    action: "create",
    seconds: 10,
  });
  assert.deepEqual(line("apply_complete", `"hook":{${resource},"action":"create","id_key":"id","id_value":"vpc-1","elapsed_seconds":12}`), {
    kind: "completed",
    address: "aws_vpc.main",
    action: "create",
    seconds: 12,
  });
  assert.equal(line("version", '"terraform":"1.11.4"'), null);
  assert.equal(parseTerraformEvent("Initializing the backend..."), null);
  assert.equal(parseTerraformEvent('{"@level":"info","type":"apply_st'), null);
});

const DIAGNOSTICS = {
  invalid:
    '{"@level":"error","@message":"Error: Invalid value for variable","diagnostic":{"severity":"error","summary":"Invalid value for variable","detail":"Write an IPv4 range.\\n\\nThis was checked by the validation rule at main.tf:3,3-13.","range":{"filename":"main.tf","start":{"line":1,"column":1,"byte":0},"end":{"line":1,"column":25,"byte":24}},"snippet":{"context":null,"code":"variable \\"operator_cidr\\" {","start_line":1,"values":[{"traversal":"var.operator_cidr","statement":"is \\"abc\\""}]}},"type":"diagnostic"}',
  undeclared:
    '{"@level":"error","@message":"Error: Value for undeclared variable","diagnostic":{"severity":"error","summary":"Value for undeclared variable","detail":"A variable named \\"nope\\" was assigned on the command line, but the root module does not declare a variable of that name. To use this value, add a \\"variable\\" block to the configuration."},"type":"diagnostic"}',
  apply:
    '{"@level":"error","@message":"Error: local-exec provisioner error","diagnostic":{"severity":"error","summary":"local-exec provisioner error","detail":"Error running command \'exit 1\': exit status 1. Output: ","address":"terraform_data.b","range":{"filename":"main.tf","start":{"line":14,"column":28,"byte":355},"end":{"line":14,"column":29,"byte":356}},"snippet":{"context":"resource \\"terraform_data\\" \\"b\\"","code":"  provisioner \\"local-exec\\" {","start_line":14,"values":[]}},"type":"diagnostic"}',
  denied:
    '{"@level":"error","@message":"Error: creating EC2 Instance","diagnostic":{"severity":"error","summary":"creating EC2 Instance: operation error EC2: RunInstances, https response error StatusCode: 403, RequestID: 1, api error UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/me is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-central-1:123456789012:instance/*","detail":"","address":"aws_instance.backend","range":{"filename":"hosts.tf","start":{"line":40,"column":1,"byte":1},"end":{"line":40,"column":2,"byte":2}}},"type":"diagnostic"}',
};

function diagnostic(line: string): Diagnostic {
  const event = parseTerraformEvent(line);
  assert.ok(event?.kind === "diagnostic", line);
  return event.diagnostic;
}

test("an error of terraform says which resource it is about, why, and how to go on", () => {
  assert.deepEqual(explainDiagnostics([diagnostic(DIAGNOSTICS.apply)], "groundplan aws deploy"), [
    {
      message: "terraform_data.b: local-exec provisioner error (main.tf:14)",
      detail: ["Error running command 'exit 1': exit status 1. Output: "],
      fix: "fix the error above, then resume with: groundplan aws deploy",
    },
  ]);
  const [denied] = explainDiagnostics([diagnostic(DIAGNOSTICS.denied)], "groundplan aws deploy");
  assert.equal(denied?.message, "aws_instance.backend: these AWS credentials may not do ec2:RunInstances");
  assert.match(denied?.fix ?? "", /AWS_PROFILE/);
});

test("a variable that terraform refuses is named, with the flag that gives it", () => {
  assert.deepEqual(explainDiagnostics([diagnostic(DIAGNOSTICS.invalid), diagnostic(DIAGNOSTICS.undeclared)], "again"), [
    { message: "variable operator_cidr: Write an IPv4 range.", fix: "give it a value that fits: --var operator_cidr=VALUE" },
    { message: 'the Terraform files have no variable "nope"', fix: "use one of those in variables.tf" },
  ]);
});

test("the same error of the same resource is told once, and a warning is no problem", () => {
  const one = diagnostic(DIAGNOSTICS.apply);
  assert.equal(explainDiagnostics([one, one, { ...one, severity: "warning", summary: "deprecated" }], "again").length, 1);
});

test("a plan is shown by kind of resource; what is only read is left out", () => {
  const resources = [
    { address: "aws_subnet.public", action: "create" },
    { address: "aws_vpc.main", action: "create" },
    { address: 'aws_instance.host["b.c"]', action: "replace" },
    { address: "aws_subnet.private", action: "create" },
    { address: "data.aws_iam_policy_document.assume", action: "read" },
  ] as const;
  assert.deepEqual(renderPlan({ count: { add: 4, change: 0, remove: 1 }, resources }), [
    "create aws_subnet: private, public",
    "create aws_vpc: main",
    'replace aws_instance: host["b.c"]',
    "4 to add, 0 to change, 1 to destroy",
  ]);
});
