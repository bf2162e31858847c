import assert from "node:assert/strict";
import { test } from "node:test";
import { findCredentials } from "../src/aws/credentials.js";
import { credentialsAnswer, engineAnswer, examine, nodeAnswer, renderFindings, type Tool } from "../src/doctor/doctor.js";
import { ask, oldAnswer, versionIn } from "../src/programs/tools.js";
import { run } from "./helpers.js";

// What this machine is at AWS, if anything, is no matter of these tests: nobody is asked.
process.env.AWS_EC2_METADATA_DISABLED = "true";

const tool = (name: string, answer: Awaited<ReturnType<Tool["look"]>>, required = false): Tool => ({
  name,
  neededFor: `what ${name} does`,
  required,
  get: `install ${name}`,
  look: async () => answer,
});

test("versions are found in what programs print about themselves", () => {
  const printed = {
    "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64": "7.0.15",
    "Docker version 26.1.5+dfsg1, build a72d7cd": "26.1.5",
    "ansible-playbook [core 2.14.18]": "2.14.18",
    "OpenSSH_9.2p1 Debian-2+deb12u3": "9.2p1",
    "Terraform v1.9.8\non linux_amd64": "1.9.8",
    "10.8.2": "10.8.2",
    "no version": null,
  };
  for (const [text, version] of Object.entries(printed)) assert.equal(versionIn(text), version, text);
});

test("a program that is missing is told from one that fails", async () => {
  assert.equal((await ask("no-such-program-here", [])).status, "missing");
  const failing = await ask(process.execPath, ["-e", "process.stderr.write('out of order'); process.exit(3)"]);
  assert.deepEqual([failing.status, failing.detail?.endsWith("out of order")], ["unusable", true]);
  assert.deepEqual(await ask(process.execPath, ["--version"]), { status: "found", version: process.versions.node, detail: null });
});

test("a Node that is too old is unusable", () => {
  assert.equal(nodeAnswer("18.20.1").status, "unusable");
  assert.deepEqual(nodeAnswer("20.11.1"), { status: "unusable", version: "20.11.1", detail: "older than 20.12" });
  assert.equal(nodeAnswer("20.12.0").status, "found");
  assert.equal(nodeAnswer("24.1.0").status, "found");
});

test("a Docker engine that does not answer says why, and what to do", () => {
  const asked = (detail: string | null) => ({ status: "unusable", version: null, detail }) as const;
  const down = "docker version: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
  assert.match(engineAnswer(asked(down)).detail ?? "", /^the Docker engine does not run, .*: start it \(Docker Desktop/);
  const denied =
    "docker version: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get";
  assert.match(engineAnswer(asked(denied)).detail ?? "", /group \(sudo usermod -aG docker/);
  assert.equal(engineAnswer(asked("docker version: something else")).detail, "docker version: something else");
  const found = { status: "found", version: "20.10.24", detail: null } as const;
  assert.equal(engineAnswer(found), found);
});

test("what is missing is listed with how to get it, and whether up needs it", async () => {
  const found = { status: "found", version: "1.2", detail: null } as const;
  const missing = { status: "missing", version: null, detail: null } as const;
  const text = renderFindings(
    await examine([tool("one", found, true), tool("two", missing), tool("three", { ...missing, detail: "not for this machine" }, true)]),
  );
  assert.equal(
    text,
    [
      "PROGRAM  STATUS   VERSION  NEEDED FOR",
      "one      found    1.2      what one does",
      "two      missing           what two does",
      "three    missing           what three does",
      "",
      "two is missing: install two",
      "three is missing and required: not for this machine; install three",
      "",
      "groundplan up doesn't work without three",
    ].join("\n"),
  );
});

test("doctor finds the Node that it runs on, and tells programs the same as people", async () => {
  const { code, out } = await run(".", "doctor", "--json");
  const findings: { name: string; version: string | null; status: string; required: boolean }[] = JSON.parse(out);
  assert.equal(findings[0]?.version, process.versions.node);
  assert.equal(code, findings.some((finding) => finding.required && finding.status !== "found") ? 1 : 0);
});

test("a Terraform or Ansible that is too old is unusable", () => {
  const found = (version: string) => ({ status: "found", version, detail: null }) as const;
  assert.deepEqual(oldAnswer(found("1.9.8"), "1.10"), { status: "unusable", version: "1.9.8", detail: "older than 1.10" });
  assert.equal(oldAnswer(found("0.15"), "1.10").status, "unusable");
  for (const version of ["1.10.0", "1.10", "1.11.4", "2.0"]) assert.equal(oldAnswer(found(version), "1.10").status, "found", version);
  assert.equal(oldAnswer({ ...found("1"), version: null }, "1.10").status, "found");
});

test("doctor says where AWS credentials come from, and nothing of themselves", async () => {
  const readFile = () => null;
  const hasInstanceRole = async () => false;
  const env = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "hush" };
  assert.deepEqual(credentialsAnswer(await findCredentials({ env, readFile, hasInstanceRole })), {
    status: "found",
    version: null,
    detail: "AWS_ACCESS_KEY_ID",
  });
  const none = credentialsAnswer(await findCredentials({ env: {}, readFile, hasInstanceRole }));
  assert.equal(none.status, "missing");
  assert.match(none.detail ?? "", /^no AWS credentials found/);
});
