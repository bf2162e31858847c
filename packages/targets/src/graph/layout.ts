import type { PlannedComponent, PlannedHost, Subnet } from "@groundplan/model";

/** From top to bottom. */
export const SUBNETS: readonly Subnet[] = ["public", "private"];

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A component's box. Its port is a tab on its left side, where every arrow to it ends. */
export interface Box extends Rectangle {
  readonly component: PlannedComponent;
  readonly column: number;
  /** The name, in one or two lines. */
  readonly lines: readonly string[];
}

export interface HostFrame extends Rectangle {
  readonly host: PlannedHost;
}

export interface SubnetFrame extends Rectangle {
  readonly subnet: Subnet;
  readonly cidr: string;
}

/** The stretch of the x axis that the boxes of one column stand on. */
export interface Column {
  readonly left: number;
  readonly right: number;
}

export interface Placement {
  readonly boxes: readonly Box[];
  readonly hosts: readonly HostFrame[];
  readonly subnets: readonly SubnetFrame[];
  readonly columns: readonly Column[];
  /** `null`: nothing is public. */
  readonly internet: Rectangle | null;
  readonly width: number;
  readonly height: number;
}

/** An arrow: smooth between the columns, straight across them. */
export interface Route {
  /** Name of a component, or `null` for the internet. */
  readonly from: string | null;
  readonly to: string;
  /** In words, for the tooltip. */
  readonly title: string;
  readonly points: readonly Point[];
}

export const TAB_HEIGHT = 20;
export const TAB_WIDTH = 46;

/** Where arrows to a box end: at its tab, or at its side when it has no port. */
export function entryOf(box: Box): Point {
  return { x: box.component.port === null ? box.x : box.x - TAB_WIDTH, y: box.y + box.height / 2 };
}

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

const LONGEST_NAME = 20;

/** Breaks a long name into two lines, at the hyphen nearest to its middle. */
export function wrapName(name: string): readonly string[] {
  if (name.length <= LONGEST_NAME) return [name];
  const middle = name.length / 2;
  const hyphens = [...name].flatMap((letter, index) => (letter === "-" ? [index + 1] : []));
  // Without a hyphen the middle will do.
  const [cut = Math.ceil(middle)] = hyphens.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return [name.slice(0, cut), name.slice(cut)];
}
