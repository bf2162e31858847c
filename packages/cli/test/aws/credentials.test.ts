import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { findCredentials, thisMachine } from "../../src/aws/credentials.js";

const KEYS = { AWS_ACCESS_KEY_ID: "AKIA-SECRET-1", AWS_SECRET_ACCESS_KEY: "SECRET-2" };
const FILES: Readonly<Record<string, string>> = {
  "/home/ann/.aws/credentials": "[default]\naws_access_key_id = SECRET-3\naws_secret_access_key = SECRET-4\n",
  "/home/ann/.aws/config": "[profile work]\nsso_session = my\nregion = eu-central-1\n\n[sso-session my]\nsso_region = eu-central-1\n",
};

interface Place {
  readonly env?: Record<string, string>;
  readonly files?: Readonly<Record<string, string>>;
  readonly role?: boolean;
}

async function found({ env = {}, files = {}, role = false }: Place): Promise<string> {
  const readFile = (path: string) => files[path] ?? null;
  const result = await findCredentials({ env: { HOME: "/home/ann", ...env }, readFile, hasInstanceRole: async () => role });
  const text = "source" in result ? result.source : `${result.problem.message} -> ${result.problem.fix}`;
  assert.doesNotMatch(text, /SECRET-/);
  return text;
}

test("credentials are found where the AWS provider looks, and none of them is told", async () => {
  assert.equal(await found({ env: KEYS }), "AWS_ACCESS_KEY_ID");
  assert.equal(await found({ env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "arn" } }), "AWS_WEB_IDENTITY_TOKEN_FILE");
  assert.equal(await found({ files: FILES }), "profile default");
  assert.equal(await found({ files: FILES, env: { AWS_PROFILE: "work" } }), "profile work");
  assert.equal(await found({ files: FILES, env: { ...KEYS, AWS_PROFILE: "work" } }), "AWS_ACCESS_KEY_ID");
  assert.equal(await found({ env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2" } }), "the container's role");
  assert.equal(await found({ role: true }), "the instance's role");
  const elsewhere = { "/etc/aws": FILES["/home/ann/.aws/credentials"] ?? "" };
  assert.equal(await found({ files: elsewhere, env: { AWS_SHARED_CREDENTIALS_FILE: "/etc/aws" } }), "profile default");
});

test("without credentials it is said what was looked at, and what to set", async () => {
  assert.match(
    await found({}),
    /^no AWS credentials found \(environment, ~\/\.aws, instance role\) -> set AWS_PROFILE, or AWS_ACCESS_KEY_ID/,
  );
  const config = { "/home/ann/.aws/config": FILES["/home/ann/.aws/config"] ?? "" };
  assert.match(await found({ files: config }), /instance role; profiles: work\)/);
});

test("a profile that does not exist is named with those that do, even where there are keys", async () => {
  assert.match(
    await found({ files: FILES, env: { ...KEYS, AWS_PROFILE: "wrok" } }),
    /AWS_PROFILE is "wrok", .*\(default, work\) -> export AWS_PROFILE=work$/,
  );
  assert.match(await found({ env: { AWS_PROFILE: "work" } }), /no such profile \(none at all\)/);
  assert.match(await found({ files: FILES, env: { AWS_PROFILE: "my" } }), /AWS_PROFILE is "my"/);
});

test("one half of a pair of keys is told by its name", async () => {
  assert.match(await found({ env: { AWS_ACCESS_KEY_ID: "SECRET-1" } }), /AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not/);
  assert.match(await found({ env: { AWS_SECRET_ACCESS_KEY: "SECRET-1" } }), /AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not/);
});

test("the instance's role is asked for with a session token, unless that is switched off", async (context) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers["x-aws-ec2-metadata-token"] ?? "-"}`);
    response.end(request.method === "PUT" ? "a-token" : "host-role");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${address.port}/` };
  // Longer than a busy machine takes.
  assert.equal(await thisMachine(env, 60_000).hasInstanceRole(), true);
  assert.deepEqual(asked, ["PUT /latest/api/token -", "GET /latest/meta-data/iam/security-credentials/ a-token"]);
  assert.equal(await thisMachine({ ...env, AWS_EC2_METADATA_DISABLED: "true" }).hasInstanceRole(), false);
  assert.equal(asked.length, 2);
  server.close();
  server.closeAllConnections();
  assert.equal(await thisMachine(env).hasInstanceRole(), false);
});
