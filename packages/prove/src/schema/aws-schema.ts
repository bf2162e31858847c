import { readFileSync } from "node:fs";
import type { ProviderSchema } from "./schema.js";

let read: ProviderSchema | null = null;

/** The AWS provider's schema: the resource types and data sources that `data/README.md` tells of. */
export function awsSchema(): ProviderSchema {
  read ??= JSON.parse(readFileSync(new URL("../../data/aws-schema.json", import.meta.url), "utf8")) as ProviderSchema;
  return read;
}
