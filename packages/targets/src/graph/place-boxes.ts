import type { Plan, PlannedComponent, PlannedHost, Subnet } from "@groundplan/model";
import { layers } from "./layers.js";
import { type Box, type Column, type HostFrame, type Placement, type Rectangle, type SubnetFrame, TAB_WIDTH } from "./layout.js";
import { orderInColumns } from "./order-in-columns.js";
import { textWidth } from "./text-width.js";
import { wrapName } from "./wrap-name.js";

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

const SUBNETS: readonly Subnet[] = ["public", "private"];

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
