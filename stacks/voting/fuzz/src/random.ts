import { Random } from "@voting/proof";

export type { Random };

/** Numbers of each exchange's own: the same seed and index give the same ones, whatever was generated before. */
export const randomOf = (seed: number, index: number): Random =>
  new Random(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35));
