import { bodies } from "./classes/bodies.js";
import { conversations } from "./classes/conversations.js";
import { forms } from "./classes/forms.js";
import { framing } from "./classes/framing.js";
import { headers } from "./classes/headers.js";
import { identity } from "./classes/identity.js";
import { noise } from "./classes/noise.js";
import { reads } from "./classes/reads.js";
import { requestLines } from "./classes/request-lines.js";
import { timing } from "./classes/timing.js";
import type { Exchange } from "./exchange.js";
import type { InputClass } from "./input-class.js";
import { randomOf } from "./random.js";

const DEFAULT_WEIGHT = 4;

export const INPUT_CLASSES: readonly InputClass[] = [
  ...bodies,
  ...identity,
  ...forms,
  ...requestLines,
  ...headers,
  ...framing,
  ...conversations,
  ...timing,
  ...noise,
  ...reads,
];

const weightOf = (candidate: InputClass): number => candidate.weight ?? DEFAULT_WEIGHT;
const TOTAL_WEIGHT = INPUT_CLASSES.reduce((sum, candidate) => sum + weightOf(candidate), 0);

/** The exchange of this index in the run of this seed: the same bytes every time, without the ones before it. */
export function generate(seed: number, index: number): Exchange {
  const random = randomOf(seed, index);
  let drawn = random.int(0, TOTAL_WEIGHT - 1);
  const chosen = INPUT_CLASSES.find((candidate) => {
    drawn -= weightOf(candidate);
    return drawn < 0;
  }) as InputClass;
  return { name: chosen.name, ...chosen.make(random) };
}
