import { namedBy, REFERENCES } from "./references.js";
import { EC2_ERRORS, type Rule, refused } from "./rule.js";

/** What is named must exist: one rule for each code that AWS has for it. */
export const MISSING_REFERENCES: readonly Rule[] = [...new Set(REFERENCES.map(({ code }) => code))].map((code) => ({
  code,
  types: null,
  at: "cloud",
  source: EC2_ERRORS,
  refuses({ cloud, type, values }) {
    const dangling = namedBy(type, values).find(
      ({ reference, named }) => reference.code === code && !reference.to.some((target) => cloud.find(target, named) !== null),
    );
    return dangling === undefined ? null : refused(dangling.reference.missing(dangling.named), dangling.reference.attribute);
  },
}));
