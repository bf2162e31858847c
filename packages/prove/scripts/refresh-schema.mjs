// Writes data/aws-schema.json anew from a real AWS provider. Needs terraform, and a network to download the provider from:
//   node packages/prove/scripts/refresh-schema.mjs VERSION [--add TYPE]... [--out FILE]
// It keeps the resource types and data sources that the file has; --add aws_x or --add data.aws_x takes one more.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const PROVIDER = "registry.terraform.io/hashicorp/aws";
const FILE = fileURLToPath(new URL("../data/aws-schema.json", import.meta.url));
const FLAGS = ["required", "optional", "computed", "sensitive", "write_only"];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { add: { type: "string", multiple: true, default: [] }, out: { type: "string", default: FILE } },
});
const [version] = positionals;
if (version === undefined || positionals.length !== 1) {
  process.stderr.write("usage: node packages/prove/scripts/refresh-schema.mjs VERSION [--add TYPE]... [--out FILE]\n");
  process.exit(2);
}
const printed = printedSchema(version).provider_schemas[PROVIDER];
const current = JSON.parse(readFileSync(FILE, "utf8"));
const wanted = [
  ...Object.keys(current.resource_schemas),
  ...Object.keys(current.data_source_schemas).map((type) => `data.${type}`),
  ...values.add,
];
const kept = { resource_schemas: {}, data_source_schemas: {} };
const missing = [];
for (const name of [...new Set(wanted)].sort()) {
  const [kind, type] = name.startsWith("data.") ? ["data_source_schemas", name.slice("data.".length)] : ["resource_schemas", name];
  const schema = printed[kind]?.[type];
  if (schema === undefined) missing.push(name);
  else kept[kind][type] = trimSchema(schema, name);
}
if (missing.length > 0) {
  process.stderr.write(`the provider ${version} does not have: ${missing.join(", ")}\n`);
  process.exit(1);
}
writeFileSync(values.out, render({ provider: PROVIDER, version, provider_schema: trimSchema(printed.provider, "provider"), ...kept }));
process.stderr.write(`wrote ${values.out}: ${Object.keys(kept.resource_schemas).length} resource types, `);
process.stderr.write(`${Object.keys(kept.data_source_schemas).length} data sources of version ${version}\n`);

function printedSchema(exactVersion) {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-schema-"));
  try {
    const requirement = `aws = { source = "hashicorp/aws", version = "${exactVersion}" }`;
    writeFileSync(join(folder, "main.tf"), `terraform {\n  required_providers {\n    ${requirement}\n  }\n}\n`);
    const terraform = (...args) =>
      execFileSync("terraform", args, { cwd: folder, maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "inherit"] });
    terraform("init", "-input=false", "-no-color");
    return JSON.parse(terraform("providers", "schema", "-json").toString("utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function trimSchema({ version: schemaVersion, block }, name) {
  return { block: trimBlock(block, name), version: schemaVersion };
}

/** What says nothing about validity, such as descriptions, is left out. */
function trimBlock({ attributes = {}, block_types = {} }, name) {
  const trimmed = mapped(attributes, (attribute, key) => {
    if (attribute.type === undefined) throw new Error(`${name}.${key} has a nested type, which this script does not know`);
    const flags = FLAGS.filter((flag) => attribute[flag] === true);
    return sorted({ type: attribute.type, ...Object.fromEntries(flags.map((flag) => [flag, true])) });
  });
  const blocks = mapped(block_types, ({ nesting_mode, block, min_items = 0, max_items = 0 }, key) =>
    sorted({
      nesting_mode,
      block: trimBlock(block, `${name}.${key}`),
      ...(min_items > 0 ? { min_items } : {}),
      ...(max_items > 0 ? { max_items } : {}),
    }),
  );
  return { attributes: trimmed, ...(Object.keys(blocks).length > 0 ? { block_types: blocks } : {}) };
}

function mapped(entries, change) {
  return Object.fromEntries(
    Object.entries(entries)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => [name, change(value, name)]),
  );
}

function sorted(entries) {
  return mapped(entries, (value) => value);
}

/** A line for each type, so that a diff shows which have changed. */
function render({ provider, version: providerVersion, provider_schema, resource_schemas, data_source_schemas }) {
  const table = (schemas) =>
    `{\n${Object.entries(schemas)
      .map(([type, schema]) => `    ${JSON.stringify(type)}: ${JSON.stringify(schema)}`)
      .join(",\n")}\n  }`;
  return `{
  "provider": ${JSON.stringify(provider)},
  "version": ${JSON.stringify(providerVersion)},
  "provider_schema": ${JSON.stringify(provider_schema)},
  "resource_schemas": ${table(resource_schemas)},
  "data_source_schemas": ${table(data_source_schemas)}
}
`;
}
