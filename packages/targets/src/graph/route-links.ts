import type { Link, Plan } from "@groundplan/model";
import { type Box, entryOf, type Placement, type Point, type Route, TAB_WIDTH } from "./layout.js";

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
