import assert from "node:assert/strict";
import { test } from "node:test";
import { votingStack } from "@groundplan/testing";
import { build, checkStack, planOf } from "../src/index.js";
import { byName, type LooseBuilder } from "./by-name.js";

const twoSites = (aws: (s: LooseBuilder) => void) =>
  byName("test", (s) => {
    for (const name of ["one", "two", "three"]) {
      s.service(name, { image: build(`./${name}`), port: 8000, public: true });
      s.host(`site-${name}`, { subnet: "public", runs: [name] });
    }
    s.postgres("db");
    s.host("constructor", { subnet: "private", runs: ["db"] });
    aws(s);
  });

const plan = (aws: (s: LooseBuilder) => void) => planOf(twoSites(aws));

test("a stack that says nothing of AWS has the defaults, and an instance type for every host", () => {
  assert.equal(votingStack().aws, null);
  const expected = {
    region: "us-east-1",
    instanceTypes: { frontend: "t3.micro", backend: "t3.micro", database: "t3.micro" },
    availabilityZones: 1,
    nat: true,
    domain: null,
  };
  assert.deepEqual(planOf(votingStack()).aws, expected);
});

test("what a stack says of AWS stands in its plan", () => {
  const { aws } = plan((s) => s.aws({ region: "eu-west-3", instanceTypes: { "site-one": "m5.2xlarge" }, nat: false, domain: "a.example" }));
  assert.deepEqual(aws, {
    region: "eu-west-3",
    instanceTypes: { "site-one": "m5.2xlarge", "site-two": "t3.micro", "site-three": "t3.micro", constructor: "t3.micro" },
    availabilityZones: 1,
    nat: false,
    domain: "a.example",
  });
});

test("in two zones the hosts of each subnet alternate, each in the range of its zone", () => {
  const placed = plan((s) => s.aws({ availabilityZones: 2 })).hosts.map(({ name, zone, cidr }) => [name, zone, cidr]);
  assert.deepEqual(placed, [
    ["site-one", 1, "10.0.1.0/24"],
    ["site-two", 2, "10.0.11.0/24"],
    ["site-three", 1, "10.0.1.0/24"],
    ["constructor", 1, "10.0.2.0/24"],
  ]);
});

test("in one zone all hosts are in the first", () => {
  assert.ok(plan(() => {}).hosts.every(({ zone }) => zone === 1));
});

test("with a domain the world reaches the proxy of each public host, and no service's own port", () => {
  const { rules } = planOf(
    byName("test", (s) => {
      s.service("vote", { image: build("./vote"), port: 8000, public: true });
      s.service("result", { image: build("./result"), port: 5001, public: true });
      s.service("job", { image: build("./job"), port: 9001 });
      s.host("edge", { subnet: "public", runs: ["vote", "result"] });
      s.host("inner", { subnet: "public", runs: ["job"] });
      s.aws({ domain: "poll.example.com" });
    }),
  );
  const open = rules.filter(({ direction, source }) => direction === "ingress" && "cidr" in source && source.cidr === "0.0.0.0/0");
  assert.deepEqual(
    open.map(({ group, port, purpose }) => [group, port, purpose]),
    [
      ["edge", 80, "certificates, redirect to HTTPS"],
      ["edge", 443, "vote app by HTTPS; result app by HTTPS"],
    ],
  );
});

test("real instance types and domains are taken", () => {
  for (const type of [
    "t3.nano",
    "t3a.small",
    "m5.xlarge",
    "m7i-flex.large",
    "c5n.18xlarge",
    "i4i.metal",
    "m7i.metal-24xl",
    "u-6tb1.112xlarge",
  ]) {
    assert.deepEqual(checkStack(twoSites((s) => s.aws({ instanceTypes: { "site-one": type } }))).problems, [], type);
  }
  for (const domain of ["example.com", "a.b.c.example.co.uk", "xn--bcher-kva.example", "1.example", "x-1.xn--p1ai"]) {
    assert.deepEqual(checkStack(twoSites((s) => s.aws({ domain }))).problems, [], domain);
  }
});

test("domains and instance types that AWS has not are refused", () => {
  for (const type of [
    "t3",
    "t3.",
    "t.micro",
    ".micro",
    "T3.micro",
    "t3.tiny",
    "t3.micro ",
    "m7g.large",
    "c7gn.large",
    "x2gd.metal",
    "im4gn.large",
  ]) {
    assert.equal(checkStack(twoSites((s) => s.aws({ instanceTypes: { "site-one": type } }))).problems.length, 1, type);
  }
  for (const domain of [
    "example",
    "example.com.",
    "-a.example",
    "a_b.example",
    "*.example.com",
    "a..example",
    "203.0.113.7",
    "poll.example.com:80",
  ]) {
    assert.equal(checkStack(twoSites((s) => s.aws({ domain }))).problems.length, 1, domain);
  }
});
