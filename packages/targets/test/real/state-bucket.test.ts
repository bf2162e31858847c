import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort, missingProgram, type Outcome, programPath, TERRAFORMS, tryProgram, until } from "@groundplan/testing";
import { terraformOf } from "../aws/hosts-plans.js";
import { planCalled } from "../aws/terraform-plans.js";

const KEY = "voting/terraform.tfstate";
const missing = missingProgram("moto");
const folder = mkdtempSync(join(tmpdir(), "groundplan-state-"));

let s3 = "";
let stop = async (): Promise<void> => {};
before(async () => {
  if (missing !== null) return;
  const port = await freePort();
  s3 = `http://127.0.0.1:${port}`;
  const server = spawn(programPath("moto") ?? "", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  stop = async () => {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
  };
  await until("the simulated S3 answers", async () => (await fetch(s3)).ok, 60_000);
});
after(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The simulator looks who asks, and checks no signature. */
const s3Request = (path: string, method = "GET", body?: string): Promise<Response> => {
  const authorization = "AWS4-HMAC-SHA256 Credential=test/20261128/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
  return fetch(`${s3}/${path}`, { method, headers: { authorization }, ...(body === undefined ? {} : { body }) });
};

/** The backend.tf that terraform/bootstrap prints, for a bucket. */
function backendFile(bucket: string): string {
  const main = terraformOf(planCalled("voting")).find(({ path }) => path === "terraform/bootstrap/main.tf")?.text ?? "";
  const lines = /join\("\\n", \[\n([\s\S]*?),\n\s*\]\)/.exec(main)?.[1] ?? assert.fail(`no backend in\n${main}`);
  const text = (JSON.parse(`[${lines}]`) as readonly string[]).join("\n");
  return text.replace(/\$\{aws_s3_bucket\.\w+\.\w+\}/, bucket).replace(/\$\{var\.region\}/, "eu-central-1");
}

for (const { name, path, missing: missingTerraform } of TERRAFORMS) {
  test(`the state goes into the bucket that bootstrap makes, and a second run waits for the first one's lock (${name})`, async (context) => {
    if (missing !== null) return context.skip(missing);
    if (path === null) return context.skip(missingTerraform);
    const bucket = `tfstate-${name}-voting`;
    assert.ok((await s3Request(bucket, "PUT")).ok);
    const cwd = join(folder, name);
    mkdirSync(cwd);
    writeFileSync(join(cwd, "backend.tf"), backendFile(bucket));
    writeFileSync(
      join(cwd, "main.tf"),
      'variable "word" {\n  default = "one"\n}\n\nresource "terraform_data" "kept" {\n  input = var.word\n}\n',
    );
    const env = { AWS_ENDPOINT_URL: s3, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", CHECKPOINT_DISABLE: "1" };
    const run = (...args: readonly string[]): Promise<Outcome> => tryProgram(path, [...args, "-no-color"], { cwd, env });
    // The simulator has no account, and knows buckets by path only.
    const here = [
      "use_path_style",
      "skip_credentials_validation",
      "skip_requesting_account_id",
      "skip_metadata_api_check",
      "skip_s3_checksum",
    ];

    const begun = await run("init", "-input=false", ...here.map((setting) => `-backend-config=${setting}=true`));
    assert.equal(begun.code, 0, begun.stderr);
    const applied = await run("apply", "-auto-approve");
    assert.equal(applied.code, 0, applied.stderr);
    const state = (await (await s3Request(`${bucket}/${KEY}`)).json()) as { resources: readonly { name: string }[] };
    assert.deepEqual(
      state.resources.map((resource) => resource.name),
      ["kept"],
    );

    const lock = `${bucket}/${KEY}.tflock`;
    const held = { ID: "1-2-3", Operation: "OperationTypeApply", Who: "someone@elsewhere", Created: "2026-11-28T00:00:00Z" };
    assert.ok((await s3Request(lock, "PUT", JSON.stringify(held))).ok);
    const second = await run("apply", "-auto-approve", "-var", "word=two");
    assert.equal(second.code, 1);
    assert.match(second.stderr, /Error acquiring the state lock/);
    assert.match(second.stderr, /Who: +someone@elsewhere/);
    assert.ok((await s3Request(lock, "DELETE")).ok);
    const gone = await run("destroy", "-auto-approve");
    assert.equal(gone.code, 0, gone.stderr);
    assert.equal((await s3Request(lock)).status, 404, "the lock was let go of");
  });
}
