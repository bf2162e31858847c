import { graphTarget } from "./graph-target.js";
import type { Target } from "./target.js";

/** Every target that `groundplan synth` knows. A new one is a line here. */
export const TARGETS: readonly Target[] = [graphTarget];
