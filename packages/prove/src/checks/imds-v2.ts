import { blocksOf, type Values } from "../values/value.js";
import { type Check, ofType } from "./check.js";

export const IMDS_V2_REQUIRED: Check = {
  claim: "every host answers for its metadata to session tokens only (IMDSv2)",
  contradictions({ resources }) {
    const hosts = ofType(resources, "aws_instance", "aws_launch_template");
    if (hosts.length === 0) return null;
    return hosts
      .filter(({ values }) => !blocksOf(values.metadata_options).some(isSafe))
      .map(({ address }) => `${address} has no metadata_options with http_tokens = "required"`);
  },
};

function isSafe({ http_tokens, http_endpoint }: Values): boolean {
  return http_tokens === "required" || http_endpoint === "disabled";
}
