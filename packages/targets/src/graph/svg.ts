import type { Plan } from "@groundplan/model";
import { hostLabel, LABEL_SIZE, MARGIN, NAME_SIZE, placeBoxes, routeLinks, TEXT_INSET } from "./arrange.js";
import { type Box, type HostFrame, type Point, type Rectangle, type Route, type SubnetFrame, TAB_HEIGHT, TAB_WIDTH } from "./layout.js";

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

/** What the picture shows, for those who do not see it. */
function describeGraph(plan: Plan): string {
  const hosts = plan.hosts.map(({ name, subnet, runs }) => `Host ${name} in the ${subnet} subnet runs ${runs.join(", ") || "nothing"}.`);
  const entries = plan.components
    .filter((component) => component.public)
    .map(({ name, port }) => `The internet reaches ${name} on port ${port}.`);
  const links = plan.links.map(({ from, to, port }) => `${from} uses ${to} on port ${port}.`);
  return [...hosts, ...entries, ...links].join(" ");
}

/** Line drawings in a square of 22 px, by what they stand for. */
const ICONS = {
  service: "M3 5 h16 v12 h-16 Z M3 9 h16 M6 7 h.01 M9 7 h.01",
  redis: "M11 2.5 L20 6.5 L11 10.5 L2 6.5 Z M2 11 L11 15 L20 11 M2 15.5 L11 19.5 L20 15.5",
  postgres: "M3 5 a8 3 0 0 0 16 0 a8 3 0 0 0 -16 0 M3 5 v12 a8 3 0 0 0 16 0 v-12 M3 11 a8 3 0 0 0 16 0",
  internet: "M2 11 a9 9 0 0 0 18 0 a9 9 0 0 0 -18 0 M2 11 h18 M11 2 a5 9 0 0 0 0 18 a5 9 0 0 0 0 -18",
} as const;

/**
 * The colours of the SVG, for light and dark. It is part of every SVG; a page whose content security policy refuses
 * inline styles can serve it as a file. Pages may set the variables themselves.
 */
export const GRAPH_STYLE = `
.groundplan-graph {
  --graph-text: #0f172a; --graph-muted: #526077; --graph-line: #64748b; --graph-entry: #047857;
  --graph-box: #ffffff; --graph-box-edge: #cbd5e1; --graph-host: #f8fafc; --graph-host-edge: #cbd5e1;
  --graph-public: #e7f6ee; --graph-public-edge: #9fd8bb; --graph-private: #edf0f7; --graph-private-edge: #c3cbdc;
  --graph-service: #4f46e5; --graph-redis: #c2331f; --graph-postgres: #2563a8;
  max-width: 100%; height: auto; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
@media (prefers-color-scheme: dark) {
  .groundplan-graph {
    --graph-text: #e8edf6; --graph-muted: #a3b0c4; --graph-line: #8796ae; --graph-entry: #4ade9f;
    --graph-box: #1b2536; --graph-box-edge: #43526b; --graph-host: #141d2c; --graph-host-edge: #37455c;
    --graph-public: #0d2a20; --graph-public-edge: #1f6b4c; --graph-private: #121826; --graph-private-edge: #343f55;
    --graph-service: #a5a0ff; --graph-redis: #ff9580; --graph-postgres: #7fbcf5;
  }
}
.groundplan-graph text { fill: var(--graph-text); }
.groundplan-graph .muted { fill: var(--graph-muted); }
.groundplan-graph .subnet-public { fill: var(--graph-public); stroke: var(--graph-public-edge); }
.groundplan-graph .subnet-private { fill: var(--graph-private); stroke: var(--graph-private-edge); }
.groundplan-graph .host { fill: var(--graph-host); stroke: var(--graph-host-edge); stroke-dasharray: 5 4; }
.groundplan-graph .box, .groundplan-graph .tab { fill: var(--graph-box); stroke: var(--graph-box-edge); }
.groundplan-graph .icon { fill: none; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.groundplan-graph .icon-service { stroke: var(--graph-service); }
.groundplan-graph .icon-redis { stroke: var(--graph-redis); }
.groundplan-graph .icon-postgres { stroke: var(--graph-postgres); }
.groundplan-graph .icon-internet { stroke: var(--graph-entry); }
.groundplan-graph .entry-tab { stroke: var(--graph-entry); }
.groundplan-graph .link { fill: none; stroke: var(--graph-line); stroke-width: 1.6; }
.groundplan-graph .entry { stroke: var(--graph-entry); }
.groundplan-graph .arrow { fill: var(--graph-line); }
.groundplan-graph .entry-arrow { fill: var(--graph-entry); }
.groundplan-graph .on-public, .groundplan-graph .on-private, .groundplan-graph .on-host { paint-order: stroke; stroke-width: 5; stroke-linejoin: round; }
.groundplan-graph .on-public { stroke: var(--graph-public); }
.groundplan-graph .on-private { stroke: var(--graph-private); }
.groundplan-graph .on-host { stroke: var(--graph-host); }
.groundplan-graph .status { fill: transparent; }
`;
