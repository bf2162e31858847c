import type { PlannedComponent, PlannedHost, Subnet } from "@groundplan/model";

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
