import type { Plan } from "@groundplan/model";
import { raw } from "./hcl/hcl-value.js";
import { attribute, attributes, block, comment, type HclItem, heading } from "./hcl/render-hcl.js";

/** The AWS provider whose schema these files are checked against. */
export const PROVIDER_VERSION = "~> 6.45";

export function versionsFile({ stack }: Plan): readonly HclItem[] {
  return [
    ...heading("Which programs read these files, and what every resource is marked with."),
    requirements(),
    block(
      "provider",
      ["aws"],
      attribute("region", raw("var.region")),
      block("default_tags", [], attribute("tags", { Project: raw("var.project"), Stack: stack, ManagedBy: "terraform" })),
    ),
  ];
}

/** The same for the bootstrap. */
export function requirements(): HclItem {
  return block(
    "terraform",
    [],
    comment("1.10 is the first that locks a state in S3 by itself."),
    ...attributes({ required_version: ">= 1.10.0" }),
    block("required_providers", [], attribute("aws", { source: "hashicorp/aws", version: PROVIDER_VERSION })),
  );
}
