import type { Command } from "../command.js";
import { check } from "./check.js";
import { doctor } from "./doctor.js";
import { graph } from "./graph.js";
import { rules } from "./rules.js";
import { synth } from "./synth.js";
import { up } from "./up.js";

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [up, check, rules, graph, synth, doctor];
