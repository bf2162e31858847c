import type { Exchange } from "./exchange.js";
import type { Random } from "./random.js";

/** A kind of input, by which findings and figures are grouped. */
export interface InputClass {
  readonly name: string;
  /** How often it is drawn, against the others. Default: 4 */
  readonly weight?: number;
  make(random: Random): Omit<Exchange, "name">;
}
