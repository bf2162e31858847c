import { blocksOf, textOf, textsOf, type Value, type Values } from "../values/value.js";

/** A principal, an action or a condition's value: AWS' own tool writes one alone without a list. */
type OneOrMore = string | readonly string[];

/**
 * The JSON of aws_iam_policy_document. Statements of source documents come first, those of override documents replace by `sid`:
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function renderPolicy(config: Values): Values {
  const sources = [config.source_json, ...elements(config.source_policy_documents)].flatMap(statementsIn);
  const overrides = [config.override_json, ...elements(config.override_policy_documents)].flatMap(statementsIn);
  const policyId = textOf(config.policy_id);
  const policy = {
    Version: textOf(config.version) ?? "2012-10-17",
    ...(policyId === null ? {} : { Id: policyId }),
    Statement: merged([...sources, ...blocksOf(config.statement).map(renderStatement)], overrides),
  };
  return { id: policyId ?? "policy", json: JSON.stringify(policy, null, 2), minified_json: JSON.stringify(policy) };
}

interface Statement {
  readonly Sid?: string;
  readonly [name: string]: unknown;
}

function renderStatement(block: Values): Statement {
  const sid = textOf(block.sid);
  return {
    ...(sid === null ? {} : { Sid: sid }),
    Effect: textOf(block.effect) ?? "Allow",
    ...list("Action", block.actions),
    ...list("NotAction", block.not_actions),
    ...list("Resource", block.resources),
    ...list("NotResource", block.not_resources),
    ...principals("Principal", block.principals),
    ...principals("NotPrincipal", block.not_principals),
    ...conditions(block.condition),
  };
}

function list(name: string, value: Value | undefined): Readonly<Record<string, OneOrMore>> {
  const texts = textsOf(value);
  return texts.length === 0 ? {} : { [name]: oneOrMore([...texts].sort()) };
}

function principals(name: string, value: Value | undefined): object {
  const blocks = blocksOf(value).map(({ type, identifiers }) => [textOf(type) ?? "", oneOrMore([...textsOf(identifiers)].sort())] as const);
  if (blocks.length === 0) return {};
  const isEveryone = blocks.length === 1 && blocks[0]?.[0] === "*" && blocks[0][1] === "*";
  return { [name]: isEveryone ? "*" : Object.fromEntries(blocks) };
}

function conditions(value: Value | undefined): object {
  const tests: Record<string, Record<string, OneOrMore>> = {};
  for (const { test, variable, values } of blocksOf(value)) {
    const name = textOf(test) ?? "";
    tests[name] = { ...tests[name], [textOf(variable) ?? ""]: oneOrMore(textsOf(values)) };
  }
  return Object.keys(tests).length === 0 ? {} : { Condition: tests };
}

function oneOrMore(texts: readonly string[]): OneOrMore {
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : texts;
}

function elements(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function statementsIn(value: Value | undefined): readonly Statement[] {
  const text = textOf(value);
  if (text === null) return [];
  const { Statement: found = [] } = JSON.parse(text) as { Statement?: Statement | readonly Statement[] };
  return Array.isArray(found) ? (found as readonly Statement[]) : [found as Statement];
}

function merged(statements: readonly Statement[], overrides: readonly Statement[]): readonly Statement[] {
  const replaced = statements.map((statement) => overrides.find(({ Sid }) => Sid !== undefined && Sid === statement.Sid) ?? statement);
  return [...replaced, ...overrides.filter((override) => !replaced.includes(override))];
}
