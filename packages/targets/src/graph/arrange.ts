import type { Link, Plan, PlannedComponent, PlannedHost } from "@groundplan/model";
import {
  type Box,
  type Column,
  entryOf,
  type HostFrame,
  type Placement,
  type Point,
  type Rectangle,
  type Route,
  SUBNETS,
  type SubnetFrame,
  TAB_WIDTH,
  textWidth,
  wrapName,
} from "./layout.js";

/** Sizes in px. */
export const NAME_SIZE = 15;
export const LABEL_SIZE = 13;
export const TEXT_INSET = 44;
const TEXT_RIGHT = 26;
const BOX_MIN_WIDTH = 152;
const BOX_HEIGHT = 56;
const LINE_HEIGHT = 18;
const BOX_GAP = 24;
export const MARGIN = 12;
const FRAME_PADDING = 16;
const FRAME_GAP = 14;
const HEADER = 36;
/** Room below the boxes of a host for each arrow that passes by some of them. */
const LANE = 9;
const MOST_LANES = 8;
const GUTTER = 72;
const GUTTER_PER_LINK = 5;
const INTERNET: Pick<Rectangle, "width" | "height"> = { width: 84, height: 64 };
const INTERNET_GAP = 56;

/** Puts each component in the column of its layer and the row of its host: subnets from top to bottom, the public one first. */
export function placeBoxes(plan: Plan): Placement {
  const layerOf = layers(plan);
  const columnCount = Math.max(0, ...layerOf.values()) + 1;
  const hasEntry = plan.components.some((component) => component.public);
  const framesLeft = MARGIN + (hasEntry ? INTERNET.width + INTERNET_GAP : 0);
  const columns = placeColumns(plan, layerOf, columnCount, framesLeft + 2 * FRAME_PADDING);
  const framesRight = Math.max((columns.at(-1)?.right ?? 0) + 2 * FRAME_PADDING, framesLeft + widestLabel(plan));

  const boxes: Box[] = [];
  const hosts: HostFrame[] = [];
  const subnets: SubnetFrame[] = [];
  let y = MARGIN;
  for (const subnet of SUBNETS) {
    const members = plan.hosts.filter((host) => host.subnet === subnet);
    if (members[0] === undefined) continue;
    const top = y;
    y += HEADER;
    for (const host of members) {
      const rows = orderInColumns(plan, host, layerOf, columnCount);
      const height = hostHeight(rows) + LANE * Math.min(MOST_LANES, passingLinks(plan, host, layerOf));
      const frame = { x: framesLeft + FRAME_PADDING, y, width: framesRight - framesLeft - 2 * FRAME_PADDING, height };
      hosts.push({ ...frame, host });
      boxes.push(...rows.flatMap((column, index) => placeColumn(column, index, columns[index], frame)));
      y += height + FRAME_GAP;
    }
    y += FRAME_PADDING - FRAME_GAP;
    subnets.push({ x: framesLeft, y: top, width: framesRight - framesLeft, height: y - top, subnet, cidr: members[0].cidr });
    y += FRAME_GAP;
  }
  const height = y - FRAME_GAP + MARGIN;
  return { boxes, hosts, subnets, columns, internet: placeInternet(boxes), width: framesRight + MARGIN, height };
}

function placeColumns(plan: Plan, layerOf: ReadonlyMap<string, number>, count: number, left: number): readonly Column[] {
  const columns: Column[] = [];
  let x = left + TAB_WIDTH;
  for (let index = 0; index < count; index++) {
    const members = plan.components.filter(({ name }) => layerOf.get(name) === index);
    const right = x + Math.max(BOX_MIN_WIDTH, ...members.map(boxWidth));
    columns.push({ left: x, right });
    const crossing = plan.links.filter(({ from, to }) => (layerOf.get(from) ?? 0) <= index && (layerOf.get(to) ?? 0) > index);
    x = right + GUTTER + TAB_WIDTH + Math.min(12, crossing.length) * GUTTER_PER_LINK;
  }
  return columns;
}

function placeColumn(components: readonly PlannedComponent[], index: number, column: Column | undefined, frame: Rectangle): readonly Box[] {
  if (column === undefined) return [];
  const free = frame.height - HEADER - FRAME_PADDING - stackHeight(components);
  let y = frame.y + HEADER + free / 2;
  return components.map((component) => {
    const box = {
      component,
      column: index,
      lines: wrapName(component.name),
      x: column.left,
      y,
      width: column.right - column.left,
      height: boxHeight(component),
    };
    y += box.height + BOX_GAP;
    return box;
  });
}

function placeInternet(boxes: readonly Box[]): Rectangle | null {
  const entries = boxes.filter(({ component }) => component.public);
  if (entries.length === 0) return null;
  const middle = entries.reduce((sum, { y, height }) => sum + y + height / 2, 0) / entries.length;
  return { ...INTERNET, x: MARGIN, y: middle - INTERNET.height / 2 };
}

/** Links within a host that skip a column, and so pass by the boxes that stand there. */
function passingLinks(plan: Plan, host: PlannedHost, layerOf: ReadonlyMap<string, number>): number {
  const skips = (from: string, to: string) => (layerOf.get(to) ?? 0) - (layerOf.get(from) ?? 0) > 1;
  return plan.links.filter(({ from, to, fromHost, toHost }) => fromHost === host.name && toHost === host.name && skips(from, to)).length;
}

function hostHeight(columns: readonly (readonly PlannedComponent[])[]): number {
  return HEADER + Math.max(BOX_GAP, ...columns.map(stackHeight)) + FRAME_PADDING;
}

function stackHeight(components: readonly PlannedComponent[]): number {
  return components.reduce((sum, component) => sum + boxHeight(component), 0) + Math.max(0, components.length - 1) * BOX_GAP;
}

function boxHeight({ name }: PlannedComponent): number {
  return BOX_HEIGHT + (wrapName(name).length - 1) * LINE_HEIGHT;
}

function boxWidth({ name }: PlannedComponent): number {
  return TEXT_INSET + Math.max(...wrapName(name).map((line) => textWidth(line, NAME_SIZE))) + TEXT_RIGHT;
}

function widestLabel(plan: Plan): number {
  return Math.max(0, ...plan.hosts.map((host) => textWidth(hostLabel(host, plan), LABEL_SIZE))) + 4 * FRAME_PADDING;
}

/** What stands at the top of a host's frame. */
export function hostLabel({ name, bastion }: PlannedHost, plan: Plan): string {
  const extras = [...(bastion ? ["bastion"] : []), ...(plan.monitoring?.on === name ? ["monitoring"] : [])];
  return [name, ...extras].join(" · ");
}

/**
 * The column of each component: 0 where nothing uses it, else one more than the rightmost of its users.
 * So every link leads to the right.
 */
function layers(plan: Plan): ReadonlyMap<string, number> {
  const layer = new Map<string, number>();
  // Start order puts a component after all that it uses, so in reverse each user comes before what it uses.
  for (const { name } of [...plan.components].reverse()) {
    const users = plan.links.filter(({ to }) => to === name).map(({ from }) => (layer.get(from) ?? 0) + 1);
    layer.set(name, Math.max(0, ...users));
  }
  return layer;
}

/**
 * The components of a host by column, each column from top to bottom. Within a column those come first whose neighbours
 * in the columns before are higher up, which keeps links from crossing without need.
 */
function orderInColumns(
  plan: Plan,
  host: PlannedHost,
  layerOf: ReadonlyMap<string, number>,
  columnCount: number,
): readonly (readonly PlannedComponent[])[] {
  const components = plan.components.filter(({ name }) => host.runs.includes(name));
  const heightOf = new Map<string, number>();
  return Array.from({ length: columnCount }, (_, column) => {
    const members = components.filter(({ name }) => layerOf.get(name) === column);
    const wish = new Map(members.map(({ name }, index) => [name, averageHeight(plan, name, heightOf) ?? index / members.length]));
    // The sort is stable, so equal wishes keep the start order.
    members.sort((a, b) => (wish.get(a.name) ?? 0) - (wish.get(b.name) ?? 0));
    members.forEach(({ name }, index) => {
      heightOf.set(name, (index + 0.5) / members.length);
    });
    return members;
  });
}

/** From 0, the top, to 1; `null` when nothing on this host uses it. */
function averageHeight(plan: Plan, name: string, heightOf: ReadonlyMap<string, number>): number | null {
  const heights = plan.links.flatMap(({ from, to }) => (to === name ? (heightOf.get(from) ?? []) : []));
  return heights.length === 0 ? null : heights.reduce((sum, height) => sum + height, 0) / heights.length;
}

/** Least distance in px between an arrow and a box that it passes, and between two arrows that pass side by side. */
const CLEARANCE = 8;
const LANE_GAP = 9;
/** Frames have their labels in the uppermost px; arrows stay out of them. */
const LABEL_HEIGHT = 26;
const FAN_OUT = 9;

interface Connection {
  readonly from: Box | null;
  readonly to: Box;
  readonly title: string;
}

/**
 * The way of each arrow. Between two columns it may take any height, since no box stands there; across a column
 * it takes a free height, nearest to the straight line, that no other arrow has.
 */
export function routeLinks(plan: Plan, placement: Placement): readonly Route[] {
  const lanes = placement.columns.map((_, column) => obstaclesOf(placement, column));
  const connections = connectionsOf(plan, placement).sort((a, b) => span(a) - span(b));
  return connections.map((connection) => {
    const start = startOf(connection, connections, placement);
    const end = entryOf(connection.to);
    const points: Point[] = [start];
    for (let column = columnOf(connection.from) + 1; column < connection.to.column; column++) {
      const { left, right } = placement.columns[column] ?? { left: 0, right: 0 };
      const share = (left - start.x) / (end.x - start.x);
      const y = takeLane(lanes[column] ?? [], start.y + (end.y - start.y) * share);
      points.push({ x: left - TAB_WIDTH, y }, { x: right, y });
    }
    // From the internet the last stretch is straight, beside the labels of the frames.
    const frameLeft = placement.subnets[0]?.x ?? 0;
    if (connection.from === null && connection.to.column === 0) points.push({ x: frameLeft, y: end.y });
    points.push(end);
    return { from: connection.from?.component.name ?? null, to: connection.to.component.name, title: connection.title, points };
  });
}

function connectionsOf(plan: Plan, { boxes }: Placement): Connection[] {
  const boxOf = new Map(boxes.map((box) => [box.component.name, box]));
  const entries = boxes
    .filter(({ component }) => component.public)
    .map((to): Connection => ({ from: null, to, title: `the internet reaches ${to.component.name} on port ${to.component.port}` }));
  const byPair = new Map<string, Link[]>();
  for (const link of plan.links) {
    const pair = `${link.from} ${link.to}`;
    byPair.set(pair, [...(byPair.get(pair) ?? []), link]);
  }
  const links = [...byPair.values()].flatMap((same): Connection[] => {
    const from = boxOf.get(same[0]?.from ?? "");
    const to = boxOf.get(same[0]?.to ?? "");
    if (from === undefined || to === undefined) return [];
    const aliases = same.map(({ alias }) => alias).join(" and ");
    return [{ from, to, title: `${from.component.name} uses ${to.component.name} as ${aliases}, port ${to.component.port}` }];
  });
  return [...entries, ...links];
}

/** Arrows leave a box side by side, the one that goes highest first. */
function startOf(connection: Connection, all: readonly Connection[], { internet }: Placement): Point {
  const from = connection.from ?? internet ?? { x: 0, y: 0, width: 0, height: 0 };
  const siblings = all.filter((other) => other.from === connection.from).sort((a, b) => entryOf(a.to).y - entryOf(b.to).y);
  const gap = Math.min(FAN_OUT, (from.height - 2 * CLEARANCE) / siblings.length);
  const offset = (siblings.indexOf(connection) - (siblings.length - 1) / 2) * gap;
  return { x: from.x + from.width, y: from.y + from.height / 2 + offset };
}

/** Stretches of the y axis that are taken in a column: boxes, and the labels of frames. */
function obstaclesOf({ boxes, hosts, subnets }: Placement, column: number): [top: number, bottom: number][] {
  return [
    ...boxes.filter((box) => box.column === column).map((box): [number, number] => [box.y - CLEARANCE, box.y + box.height + CLEARANCE]),
    ...[...hosts, ...subnets].flatMap(({ y, height }): [number, number][] => [
      [y - CLEARANCE / 2, y + LABEL_HEIGHT],
      [y + height - CLEARANCE / 2, y + height + CLEARANCE / 2],
    ]),
    // Nothing passes above the picture. Below it there is always room, and the picture grows.
    [Number.MIN_SAFE_INTEGER, subnets[0]?.y ?? 0],
  ];
}

/** The free height nearest to the wish; it is taken from then on. */
function takeLane(taken: [number, number][], wish: number): number {
  const isFree = (y: number) => taken.every(([top, bottom]) => y <= top || y >= bottom);
  const edges = taken.flat();
  const y = [wish, ...edges].filter(isFree).sort((a, b) => Math.abs(a - wish) - Math.abs(b - wish))[0] ?? wish;
  taken.push([y - LANE_GAP, y + LANE_GAP]);
  return y;
}

function columnOf(box: Box | null): number {
  return box === null ? -1 : box.column;
}

function span({ from, to }: Connection): number {
  return to.column - columnOf(from);
}
