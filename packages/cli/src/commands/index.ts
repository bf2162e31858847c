import type { Command } from "../command.js";
import { aws } from "./aws.js";
import { build } from "./build.js";
import { check } from "./check.js";
import { compose } from "./compose.js";
import { doctor } from "./doctor.js";
import { env } from "./env.js";
import { graph } from "./graph.js";
import { importCompose } from "./import.js";
import { init } from "./init.js";
import { prove } from "./prove.js";
import { reach } from "./reach.js";
import { rules } from "./rules.js";
import { swarm } from "./swarm.js";
import { synth } from "./synth.js";
import { up } from "./up.js";

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  init,
  importCompose,
  up,
  check,
  env,
  rules,
  reach,
  graph,
  synth,
  build,
  compose,
  swarm,
  prove,
  aws,
  doctor,
];
