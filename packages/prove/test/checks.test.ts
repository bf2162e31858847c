import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATOR_CIDR, type Plan, planOf } from "@groundplan/model";
import { votingStack } from "@groundplan/testing";
import { runChecks } from "../src/checks/run-checks.js";
import { parseState, type StateResource } from "../src/terraform/terraform-run.js";
import type { Value, Values } from "../src/values/value.js";

const OPERATOR = "203.0.113.7/32";
const plan = planOf(votingStack());

/** A state that is as the plan has it, as far as the checks look. */
function goodState(): StateResource[] {
  const groupOf = (host: string) => `sg-${host.padEnd(17, "0").replaceAll(/[^0-9a-f]/g, "a")}`;
  const rules = plan.rules.map(({ group, direction, port, protocol, source, purpose }, index) => ({
    address: `aws_vpc_security_group_${direction}_rule.r${index}`,
    type: `aws_vpc_security_group_${direction}_rule`,
    name: `r${index}`,
    values: {
      security_group_id: groupOf(group),
      ip_protocol: protocol,
      from_port: port,
      to_port: port,
      description: purpose.length > 255 ? `${purpose.slice(0, 251)} ...` : purpose,
      ...("group" in source
        ? { referenced_security_group_id: groupOf(source.group) }
        : { cidr_ipv4: source.cidr === OPERATOR_CIDR ? OPERATOR : source.cidr }),
    },
  }));
  return [
    ...plan.hosts.map(({ name }) => resource("aws_security_group", name, { id: groupOf(name) })),
    ...plan.hosts.map(({ name, subnet }) =>
      resource("aws_instance", name, {
        id: `i-${name}`,
        public_ip: subnet === "public" ? "203.0.113.9" : "",
        metadata_options: [{ http_tokens: "required" }],
        root_block_device: [{ encrypted: true }],
      }),
    ),
    ...rules,
  ];
}

function resource(type: string, name: string, values: Values): StateResource {
  return { address: `${type}.${name}`, type, name, values };
}

/** What the checks have against a state: the first of each that fails. */
function against(resources: readonly StateResource[], stack: Plan | null = plan): readonly string[] {
  const exists = (id: string) => resources.some(({ values }) => values.id === id);
  const results = runChecks({ resources, plan: stack, operatorCidr: OPERATOR, exists });
  return results.flatMap(({ holds, contradictions }) => (holds === false ? [contradictions[0] ?? "", ...contradictions.slice(1)] : []));
}

/** The good state with values of one resource changed. */
function changed(address: string | RegExp, values: Readonly<Record<string, Value>>): readonly StateResource[] {
  const state = goodState();
  const index = state.findIndex((each) => (typeof address === "string" ? each.address === address : address.test(each.address)));
  const found = state[index];
  assert.ok(found !== undefined);
  state[index] = { ...found, values: { ...found.values, ...values } };
  return state;
}

test("a state as the plan has it passes every check", () => {
  assert.deepEqual(against(goodState()), []);
});

test("a rule that is missing, added, changed in one thing or there twice is found", () => {
  const state = goodState();
  const isRule = ({ type }: StateResource) => type.endsWith("_rule");
  const first = state.find(isRule);
  assert.ok(first !== undefined);
  assert.match(against(state.filter((each) => each !== first)).join("\n"), /^missing: /);
  assert.match(against([...state, { ...first, address: "x.twice" }]).join("\n"), /^twice: /);
  for (const change of [{ description: "other words" }, { ip_protocol: "udp" }, { to_port: 9_999 }, { cidr_ipv4: "198.51.100.0/24" }]) {
    const found = against(changed(first.address, change)).join("\n");
    assert.match(found, /not of the stack: /, JSON.stringify(change));
  }
});

test("a rule inside its group counts as one that is open to everybody", () => {
  const ingress = [{ protocol: "-1", from_port: 0, to_port: 0, cidr_blocks: ["0.0.0.0/0"], description: "" }];
  const found = against(changed("aws_security_group.database", { ingress }));
  assert.deepEqual(found, [
    "not of the stack: aws_security_group.database ingress all all from 0.0.0.0/0 (no description)",
    "open to the internet: aws_security_group.database ingress all all from 0.0.0.0/0 (no description)",
  ]);
});

test("without a stack, only what nobody opens on purpose is refused", () => {
  const open = (port: number) => {
    const ingress = [{ protocol: "tcp", from_port: port, to_port: port, cidr_blocks: ["0.0.0.0/0"], description: "x" }];
    return against([resource("aws_security_group", "web", { id: "sg-1", ingress })], null).length;
  };
  assert.deepEqual([open(22), open(5432), open(443), open(8080)], [1, 1, 0, 0]);
  const everything = [{ protocol: "-1", from_port: 0, to_port: 0, cidr_blocks: ["0.0.0.0/0"], description: "" }];
  assert.equal(against([resource("aws_security_group", "web", { id: "sg-1", ingress: everything })], null).length, 1);
});

test("a private host with a public address is found, its own or an associated one", () => {
  assert.match(
    against(changed("aws_instance.backend", { public_ip: "203.0.113.5" })).join(),
    /aws_instance\.backend is private and has .* 203\.0\.113\.5/,
  );
  const associated = [
    ...goodState(),
    resource("aws_eip", "x", { id: "e", public_ip: "203.0.113.6" }),
    resource("aws_eip_association", "x", { instance_id: "i-database", allocation_id: "e" }),
  ];
  assert.match(against(associated).join(), /aws_instance\.database is private and has the public address 203\.0\.113\.6/);
  const direct = [...goodState(), resource("aws_eip", "x", { id: "e", public_ip: "203.0.113.6", instance: "i-backend" })];
  assert.match(against(direct).join(), /aws_instance\.backend is private and has the public address 203\.0\.113\.6/);
  assert.match(against(goodState().filter(({ address }) => address !== "aws_instance.backend")).join(), /the host backend has no instance/);
});

test("without a stack, a host is private when its subnet has no way to an internet gateway", () => {
  const host = resource("aws_instance", "web", {
    subnet_id: "s",
    public_ip: "203.0.113.5",
    metadata_options: [{ http_tokens: "required" }],
    root_block_device: [{ encrypted: true }],
  });
  const table = resource("aws_route_table_association", "a", { subnet_id: "s", route_table_id: "t" });
  const route = (gateway: string) => resource("aws_route", "r", { route_table_id: "t", gateway_id: gateway });
  assert.deepEqual(against([host, table, route("igw-1")], null), []);
  assert.equal(against([host, table, route("vgw-1")], null).length, 1);
});

test("an id or ARN that belongs to nothing is found", () => {
  const dangling = "sg-0123456789abcdef0";
  assert.deepEqual(against(changed("aws_instance.frontend", { vpc_security_group_ids: [dangling] })), [
    `aws_instance.frontend has vpc_security_group_ids = ${dangling}, and there is no such thing`,
  ]);
  assert.equal(against(changed("aws_instance.frontend", { alarm: "arn:aws:sns:eu-central-1:123456789012:gone" })).length, 1);
  assert.equal(against(changed("aws_instance.frontend", { policy: "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy" })).length, 0);
});

test("a volume without encryption is found: a root, a further one, one of its own", () => {
  assert.equal(against(changed("aws_instance.database", { root_block_device: [{ encrypted: false }] })).length, 1);
  assert.equal(against(changed("aws_instance.database", { root_block_device: [] })).length, 1);
  assert.equal(against(changed("aws_instance.database", { ebs_block_device: [{ device_name: "/dev/sdf", encrypted: false }] })).length, 1);
  assert.equal(against([...goodState(), resource("aws_ebs_volume", "data", { encrypted: false })]).length, 1);
});

test("a host that gives its metadata without a token is found", () => {
  assert.equal(against(changed("aws_instance.database", { metadata_options: [{ http_tokens: "optional" }] })).length, 1);
  assert.equal(against(changed("aws_instance.database", { metadata_options: [] })).length, 1);
});

test("checks that have nothing to look at say so", () => {
  const results = runChecks({ resources: [], plan: null, operatorCidr: OPERATOR, exists: () => false });
  assert.deepEqual(
    results.map(({ holds }) => holds),
    [null, null, null, true, null, null],
  );
});

test("a state is read with its modules and without its data sources", () => {
  const state = {
    values: {
      root_module: {
        resources: [
          { address: "data.aws_ami.x", mode: "data", type: "aws_ami", name: "x", values: {} },
          { address: "aws_vpc.x", mode: "managed", type: "aws_vpc", name: "x", provider_name: "y", values: { id: "vpc-1" } },
        ],
        child_modules: [{ resources: [{ address: "module.a.aws_eip.x", mode: "managed", type: "aws_eip", name: "x", values: {} }] }],
      },
    },
  };
  assert.deepEqual(parseState(JSON.stringify(state)), [
    { address: "aws_vpc.x", type: "aws_vpc", name: "x", values: { id: "vpc-1" } },
    { address: "module.a.aws_eip.x", type: "aws_eip", name: "x", values: {} },
  ]);
  assert.deepEqual(parseState("{}"), []);
});
