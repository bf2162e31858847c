import assert from "node:assert/strict";
import { test } from "node:test";
import { build, planOf, stack, withStandIns } from "@groundplan/model";
import { awkwardStack, votingStack } from "@groundplan/testing";
import { entryOf, type Point, type Rectangle } from "../src/graph/layout.js";
import { NAME_SIZE, placeBoxes, TEXT_INSET } from "../src/graph/place-boxes.js";
import { routeLinks } from "../src/graph/route-links.js";
import { textWidth } from "../src/graph/text-width.js";
import { wrapName } from "../src/graph/wrap-name.js";
import { renderMermaid, renderSvg } from "../src/index.js";
import { assertGolden, PLANS as plans } from "./golden.js";

for (const [name, plan] of Object.entries(plans)) {
  for (const [file, rendered] of [
    [`${name}.mmd`, renderMermaid(plan)],
    [`${name}.svg`, renderSvg(plan)],
  ] as const) {
    test(`the graph of the ${name} stack is the golden file ${file}`, () => assertGolden(`graph/${file}`, rendered));
  }
}

test("rendering twice gives the same bytes", () => {
  for (const plan of Object.values(plans)) {
    assert.equal(renderSvg(plan), renderSvg(plan));
    assert.equal(renderMermaid(plan), renderMermaid(plan));
  }
});

test("no arrow runs through a box, or through the tab of a component that it does not lead to", () => {
  for (const [name, plan] of Object.entries(plans)) {
    const placement = placeBoxes(plan);
    for (const { title, to, points } of routeLinks(plan, placement)) {
      for (const box of placement.boxes) {
        const entry = entryOf(box);
        const left = box.component.name === to ? box.x : entry.x;
        const solid = { ...box, x: left + 1, width: box.x + box.width - left - 2 };
        assert.ok(!samplesOf(points).some((point) => contains(solid, point)), `${name}: "${title}" runs through ${box.component.name}`);
      }
    }
  }
});

test("every arrow leads to the right, and ends where its component is entered", () => {
  for (const plan of Object.values(plans)) {
    const placement = placeBoxes(plan);
    for (const { to, points, title } of routeLinks(plan, placement)) {
      points.slice(1).forEach((point, index) => {
        assert.ok(point.x >= (points[index]?.x ?? 0), title);
      });
      const box = placement.boxes.find(({ component }) => component.name === to);
      assert.deepEqual(points.at(-1), box && entryOf(box));
    }
  }
});

test("arrows that pass a column side by side keep their distance", () => {
  for (const plan of Object.values(plans)) {
    const placement = placeBoxes(plan);
    const routes = routeLinks(plan, placement);
    for (const { right } of placement.columns) {
      const heights = routes
        .flatMap(({ points }) =>
          points
            .slice(1, -1)
            .filter(({ x }) => x === right)
            .map(({ y }) => y),
        )
        .sort((a, b) => a - b);
      heights.slice(1).forEach((height, index) => {
        assert.ok(height - (heights[index] ?? 0) >= 8, `${heights}`);
      });
    }
  }
});

test("boxes lie in their hosts, hosts in their subnets, and nothing overlaps or leaves the picture", () => {
  for (const [name, plan] of Object.entries(plans)) {
    const { boxes, hosts, subnets, width, height } = placeBoxes(plan);
    for (const box of boxes) {
      const host = hosts.find((frame) => frame.host.name === box.component.host);
      assert.ok(host && isInside(box, host), `${name}: ${box.component.name}`);
    }
    for (const frame of hosts) {
      const subnet = subnets.find((other) => other.subnet === frame.host.subnet);
      assert.ok(subnet && isInside(frame, subnet), `${name}: ${frame.host.name}`);
    }
    for (const frame of subnets) assert.ok(isInside(frame, { x: 0, y: 0, width, height }), `${name}: ${frame.subnet}`);
    for (const same of [boxes, hosts, subnets]) {
      same.forEach((one, index) => {
        for (const other of same.slice(index + 1)) assert.ok(!overlaps(one, other), name);
      });
    }
  }
});

test("names fit into their boxes, in the widest of the usual fonts", () => {
  for (const plan of Object.values(plans)) {
    for (const { component, lines, width } of placeBoxes(plan).boxes) {
      assert.equal(lines.join(""), component.name);
      for (const line of lines) assert.ok(TEXT_INSET + textWidth(line, NAME_SIZE) <= width, line);
    }
  }
});

test("a long name breaks at the hyphen nearest to its middle", () => {
  assert.deepEqual(wrapName("worker"), ["worker"]);
  assert.deepEqual(wrapName("payment-service-provider"), ["payment-", "service-provider"]);
  assert.deepEqual(wrapName("a".repeat(40)), ["a".repeat(20), "a".repeat(20)]);
});

test("the picture says in words what it shows", () => {
  const svg = renderSvg(planOf(votingStack()));
  assert.match(svg, /^<svg [^>]*role="img" aria-labelledby="graph-title graph-desc"/);
  assert.ok(svg.includes('<title id="graph-title">The stack voting</title>'));
  const description = /<desc id="graph-desc">(.*)<\/desc>/.exec(svg)?.[1];
  assert.equal(
    description,
    "Host frontend in the public subnet runs vote, result. Host backend in the private subnet runs redis, worker. " +
      "Host database in the private subnet runs db. The internet reaches vote on port 80. The internet reaches result on port 5001. " +
      "vote uses redis on port 6379. worker uses redis on port 6379. worker uses db on port 5432. result uses db on port 5432.",
  );
});

test("each component is a part that a page can find, with a circle for its state", () => {
  const plan = planOf(awkwardStack());
  const svg = renderSvg(plan);
  for (const { name } of plan.components) {
    const part = svg.split(`<g id="part-${name}" class="part">`);
    assert.equal(part.length, 2, name);
    assert.match(part[1]?.split("</g>")[0] ?? "", /<circle class="status" /);
  }
});

test("where the internet comes in is marked, and only there", () => {
  const arrows = (svg: string) => svg.match(/class="link entry"/g)?.length ?? 0;
  assert.equal(arrows(renderSvg(planOf(votingStack()))), 2);
  const inner = planOf(
    stack("inner", (s) => {
      s.service("job", { local: "run-jobs" });
    }),
  );
  assert.equal(renderSvg(inner).includes("Internet"), false);
  assert.equal(renderMermaid(inner).includes("Internet"), false);
});

test("two links between the same components are one arrow that names both", () => {
  const plan = withStandIns(planOf(votingStack()), ["redis"]);
  const titles = routeLinks(plan, placeBoxes(plan)).map(({ title }) => title);
  assert.ok(titles.includes("worker uses db as queue and db, port 5432"));
  assert.equal(titles.filter((title) => title.startsWith("worker")).length, 1);
});

test("the Mermaid graph has a node for each component and an arrow for each link", () => {
  const lines = renderMermaid(planOf(votingStack())).split("\n");
  assert.deepEqual(lines.slice(-7), [
    "  internet -->|80| part_vote",
    "  internet -->|5001| part_result",
    "  part_vote -->|queue 6379| part_redis",
    "  part_worker -->|queue 6379| part_redis",
    "  part_worker -->|5432| part_db",
    "  part_result -->|5432| part_db",
    "",
  ]);
  assert.ok(lines.includes('      part_redis[("redis :6379")]'));
});

test("a host that runs nothing is drawn as well", () => {
  const plan = planOf(
    stack("test", (s) => {
      const web = s.service("web", { image: build("./web") });
      s.host("bastion", { subnet: "public", runs: [] });
      s.host("inner", { subnet: "private", runs: [web] });
    }),
  );
  assert.ok(renderMermaid(plan).includes('    host_bastion["bastion (bastion)"]'));
  assert.ok(renderSvg(plan).includes(">bastion · bastion</text>"));
});

/** Points of the arrow as the SVG draws it: level where it meets a given point. */
function samplesOf(points: readonly Point[]): readonly Point[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] ?? to;
    const middle = (from.x + to.x) / 2;
    return Array.from({ length: 41 }, (_, step) => {
      const t = step / 40;
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
      return { x: a * from.x + (b + c) * middle + d * to.x, y: (a + b) * from.y + (c + d) * to.y };
    });
  });
}

function contains({ x, y, width, height }: Rectangle, point: Point): boolean {
  return point.x > x && point.x < x + width && point.y > y && point.y < y + height;
}

function isInside(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
