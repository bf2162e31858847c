import type { Step } from "./terraform-run.js";

const PLAN_FILE = "groundplan-proof.tfplan";
const DESTROY = ["destroy", "-input=false", "-no-color", "-auto-approve"];
const QUIET = ["-input=false", "-no-color"];

/** What a configuration goes through, from nothing and back to nothing. */
export const LIFE_CYCLE = {
  init: { name: "init", args: ["init", ...QUIET] },
  validate: { name: "validate", args: ["validate", "-no-color"] },
  plan: { name: "plan", args: ["plan", ...QUIET, `-out=${PLAN_FILE}`] },
  apply: { name: "apply", args: ["apply", ...QUIET, PLAN_FILE] },
  // Exit code 2 says that it would change something.
  planAgain: { name: "plan again", args: ["plan", ...QUIET, "-detailed-exitcode"] },
  readBack: { name: "read back", args: ["show", "-json"] },
  destroy: { name: "destroy", args: DESTROY },
  /** Only where something was protected. */
  destroyUnprotected: { name: "destroy, unprotected", args: DESTROY },
} as const satisfies Readonly<Record<string, Step>>;
