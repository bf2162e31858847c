import type { Plan } from "@groundplan/model";
import { describeGraph } from "./describe-graph.js";
import { GRAPH_STYLE } from "./graph-style.js";
import { ICONS } from "./icons.js";
import { type Box, type HostFrame, type Point, type Rectangle, type Route, type SubnetFrame, TAB_HEIGHT, TAB_WIDTH } from "./layout.js";
import { hostLabel, LABEL_SIZE, MARGIN, NAME_SIZE, placeBoxes, TEXT_INSET } from "./place-boxes.js";
import { routeLinks } from "./route-links.js";

const KIND = { service: "service", redis: "Redis", postgres: "PostgreSQL" } as const;
const LINE_HEIGHT = 18;

/**
 * The stack as a picture: components in their hosts and subnets, every link with its port, and where the internet comes in.
 * Light and dark follow the reader's setting.
 *
 * A page that inlines it can show states: each component is a group `#part-<name>.part` with a `circle.status`, which is
 * transparent until the page fills it.
 */
export function renderSvg(plan: Plan): string {
  const placement = placeBoxes(plan);
  const routes = routeLinks(plan, placement);
  const { width } = placement;
  const height = Math.max(placement.height, ...routes.flatMap(({ points }) => points.map(({ y }) => y + MARGIN)));
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="groundplan-graph" role="img" aria-labelledby="graph-title graph-desc" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}">`,
    `<title id="graph-title">The stack ${escapeXml(plan.stack)}</title>`,
    `<desc id="graph-desc">${escapeXml(describeGraph(plan))}</desc>`,
    `<style>${GRAPH_STYLE}</style>`,
    `<defs>${marker("graph-arrow", "arrow")}${marker("graph-entry-arrow", "entry-arrow")}</defs>`,
    ...placement.subnets.map((frame) => rectangle(frame, 14, `subnet-${frame.subnet}`)),
    ...placement.hosts.map((frame) => rectangle(frame, 10, "host")),
    ...routes.map(arrow),
    // After the arrows: the halo of a label keeps it readable where one passes behind it.
    ...placement.subnets.map(subnetLabel),
    ...placement.hosts.map((frame) => hostFrameLabel(frame, plan)),
    ...(placement.internet === null ? [] : [internet(placement.internet)]),
    ...placement.boxes.map(part),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function subnetLabel({ x, y, subnet, cidr }: SubnetFrame): string {
  return text({ x: x + 16, y: y + 22 }, `${subnet} subnet · ${cidr}`, LABEL_SIZE, `class="muted on-${subnet}"`);
}

function hostFrameLabel({ x, y, host }: HostFrame, plan: Plan): string {
  return text({ x: x + 16, y: y + 22 }, hostLabel(host, plan), LABEL_SIZE, 'class="on-host" font-weight="600"');
}

function internet(frame: Rectangle): string {
  const middle = frame.x + frame.width / 2;
  const icon = `<path class="icon icon-internet" transform="translate(${round(middle - 22)} ${round(frame.y)}) scale(2)" d="${ICONS.internet}"/>`;
  return `<g>${icon}${text({ x: middle, y: frame.y + 60 }, "Internet", LABEL_SIZE, 'font-weight="600" text-anchor="middle"')}</g>`;
}

function part(box: Box): string {
  const { component, x, y, width, height, lines } = box;
  const subtitle = component.public ? `public ${KIND[component.kind]}` : KIND[component.kind];
  const nameTop = y + height / 2 - (lines.length * LINE_HEIGHT) / 2 + 5;
  const names = lines.map((line, index) =>
    text({ x: x + TEXT_INSET, y: nameTop + index * LINE_HEIGHT }, line, NAME_SIZE, 'font-weight="600"'),
  );
  return [
    `<g id="part-${component.name}" class="part">`,
    component.port === null ? "" : tab(box, component.port),
    rectangle(box, 9, "box"),
    `<path class="icon icon-${component.kind}" transform="translate(${round(x + 12)} ${round(y + height / 2 - 11)})" d="${ICONS[component.kind]}"/>`,
    ...names,
    text({ x: x + TEXT_INSET, y: nameTop + lines.length * LINE_HEIGHT - 1 }, subtitle, 12, 'class="muted"'),
    `<circle class="status" cx="${round(x + width - 13)}" cy="${round(y + 13)}" r="5"/>`,
    "</g>",
  ].join("");
}

/** It reaches a little under the box, whose edge then covers its square side. */
function tab(box: Box, port: number): string {
  const frame = { x: box.x - TAB_WIDTH, y: box.y + box.height / 2 - TAB_HEIGHT / 2, width: TAB_WIDTH + 10, height: TAB_HEIGHT };
  const label = text({ x: box.x - TAB_WIDTH / 2, y: frame.y + 14.5 }, String(port), 12, 'text-anchor="middle"');
  return `${rectangle(frame, TAB_HEIGHT / 2, box.component.public ? "tab entry-tab" : "tab")}${label}`;
}

function arrow({ from, points, title }: Route): string {
  const [entryClass, marker] = from === null ? [" entry", "graph-entry-arrow"] : ["", "graph-arrow"];
  return `<path class="link${entryClass}" marker-end="url(#${marker})" d="${smoothPath(points)}"><title>${escapeXml(title)}</title></path>`;
}

/** Level where it meets a point, so that it crosses columns straight and bends between them only. */
function smoothPath(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (start === undefined) return "";
  let before = start;
  const pieces = rest.map((point) => {
    const middle = (before.x + point.x) / 2;
    const piece =
      before.y === point.y
        ? `H${round(point.x)}`
        : `C${round(middle)} ${round(before.y)} ${round(middle)} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
    return piece;
  });
  return [`M${round(start.x)} ${round(start.y)}`, ...pieces].join(" ");
}

function marker(id: string, className: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="${className}" d="M0 0 L8 4 L0 8 Z"/></marker>`;
}

function rectangle({ x, y, width, height }: Rectangle, radius: number, className: string): string {
  return `<rect class="${className}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;
}

function text({ x, y }: Point, content: string, size: number, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" ${attributes}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** One decimal is finer than a reader sees, and the same on every machine. */
function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
