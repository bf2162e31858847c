import { isValues, type Value } from "../values/value.js";
import type { Check } from "./check.js";

/** Ids as EC2 gives them to what is a resource of its own, and ARNs of the account. */
const ID = /^(vpc|subnet|sg|sgr|igw|nat|rtb|eipalloc|acl|eni|i|vol|vpce|lt|fl|eice)-[0-9a-f]{17}$/;
const OWN_ARN = /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d{12}:/;

export const REFERENCES_RESOLVE: Check = {
  claim: "every id and ARN in the state belongs to something that exists",
  contradictions: ({ resources, exists }) =>
    resources.flatMap(({ address, values }) =>
      Object.entries(values).flatMap(([name, value]) =>
        textsIn(value)
          .filter((text) => (ID.test(text) || OWN_ARN.test(text)) && !exists(text.replace(/:\*$/, "")))
          .map((text) => `${address} has ${name} = ${text}, and there is no such thing`),
      ),
    ),
};

function textsIn(value: Value): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isValues(value) ? Object.values(value).flatMap(textsIn) : [];
}
