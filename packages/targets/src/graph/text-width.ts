/**
 * Widths in em of the letters that differ much from the common one, of DejaVu Sans Bold: the widest
 * of the fonts that "sans-serif" commonly means, so that text fits in all of them.
 */
const WIDTHS: readonly (readonly [letters: string, em: number])[] = [
  ["ijlI.,:;'|· /()", 0.4],
  ["frt-", 0.5],
  ["mM", 1.05],
  ["wW", 1.1],
  ["ABCDEFGHJKLNOPQRSTUVXYZ", 0.85],
];
const COMMON_WIDTH = 0.72;

/** How wide text is at most, in px: there is no browser here to ask. */
export function textWidth(text: string, fontSizePx: number): number {
  let em = 0;
  for (const letter of text) em += WIDTHS.find(([letters]) => letters.includes(letter))?.[1] ?? COMMON_WIDTH;
  return em * fontSizePx;
}
