import assert from "node:assert/strict";
import { test } from "node:test";
import { renderPolicy } from "../src/answers/answer-data.js";
import type { Values } from "../src/values/value.js";

const policyOf = (config: Values): unknown => JSON.parse(String(renderPolicy(config).json));

test("a policy document is rendered as AWS reads it", () => {
  const statement = {
    sid: "Write",
    effect: null,
    actions: ["s3:PutObject", "s3:GetObject"],
    resources: ["arn:aws:s3:::state/*"],
    principals: [{ type: "Service", identifiers: ["ec2.amazonaws.com"] }],
    condition: [
      { test: "Bool", variable: "aws:SecureTransport", values: ["true"] },
      { test: "StringEquals", variable: "aws:PrincipalTag/a", values: ["x", "y"] },
      { test: "StringEquals", variable: "aws:PrincipalTag/b", values: ["z"] },
    ],
  };
  assert.deepEqual(policyOf({ statement: [statement] }), {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Write",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: "arn:aws:s3:::state/*",
        Principal: { Service: "ec2.amazonaws.com" },
        Condition: {
          Bool: { "aws:SecureTransport": "true" },
          StringEquals: { "aws:PrincipalTag/a": ["x", "y"], "aws:PrincipalTag/b": "z" },
        },
      },
    ],
  });
});

test("everybody as principal is a star", () => {
  const statement = { effect: "Deny", not_actions: ["s3:*"], principals: [{ type: "*", identifiers: ["*"] }] };
  assert.deepEqual(policyOf({ policy_id: "x", version: "2008-10-17", statement: [statement] }), {
    Version: "2008-10-17",
    Id: "x",
    Statement: [{ Effect: "Deny", NotAction: "s3:*", Principal: "*" }],
  });
});

test("source documents come first, and an override replaces the statement of its sid", () => {
  const document = (...statements: readonly object[]) => JSON.stringify({ Statement: statements });
  const policy = policyOf({
    source_policy_documents: [document({ Sid: "a", Effect: "Allow" })],
    override_policy_documents: [document({ Sid: "b", Effect: "Deny" }, { Sid: "c", Effect: "Deny" })],
    statement: [{ sid: "b", effect: "Allow" }],
  });
  assert.deepEqual(policy, {
    Version: "2012-10-17",
    Statement: [
      { Sid: "a", Effect: "Allow" },
      { Sid: "b", Effect: "Deny" },
      { Sid: "c", Effect: "Deny" },
    ],
  });
});
