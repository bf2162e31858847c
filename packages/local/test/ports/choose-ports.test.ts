import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "@groundplan/model";
import { choosePorts, type PortWishes } from "../../src/ports/choose-ports.js";

const components = [
  { name: "db", port: 5432, public: false },
  { name: "vote", port: 80, public: true },
  { name: "worker", port: 8000, public: false },
  { name: "result", port: 5001, public: true },
  { name: "cron", port: null, public: false },
];

function choose(wishes: Partial<PortWishes> & { taken?: readonly number[] } = {}) {
  const isFree = async (port: number) => !(wishes.taken ?? []).includes(port);
  return choosePorts({ components, overrides: {}, remembered: {}, seed: "here", isFree, ...wishes });
}

test("public services get 8080 and 8081 in the order of declaration, others a port that nobody takes by chance", async () => {
  const { ports, notes } = await choose();
  assert.equal(ports.vote, 8080);
  assert.equal(ports.result, 8081);
  for (const name of ["db", "worker"]) assert.ok((ports[name] ?? 0) >= 20_000 && (ports[name] ?? 0) < 30_000, `${name}: ${ports[name]}`);
  assert.equal(ports.cron, undefined);
  assert.deepEqual(notes, []);
});

test("the same stack in the same folder gets the same ports, in another folder others", async () => {
  const first = await choose();
  assert.deepEqual(await choose(), first);
  assert.notEqual((await choose({ seed: "there" })).ports.db, first.ports.db);
});

test("a private port of the last run is used again", async () => {
  const { ports, notes, toRemember } = await choose({ remembered: { db: 23_456, gone: 20_001 } });
  assert.equal(ports.db, 23_456);
  assert.deepEqual(notes, []);
  assert.deepEqual(toRemember, { db: 23_456, gone: 20_001, worker: ports.worker });
});

test("a taken port falls back to the next free one, past the others' usual ports, with a note", async () => {
  const { ports, notes } = await choose({ taken: [8080], remembered: {} });
  assert.equal(ports.vote, 8082);
  assert.equal(ports.result, 8081);
  assert.deepEqual(notes, ["port 8080 is taken (by another program): vote listens on 8082 instead"]);
});

test("a remembered port that is taken falls back with a note too, and the new one is remembered", async () => {
  const { ports, notes, toRemember } = await choose({ taken: [23_456], remembered: { db: 23_456 } });
  assert.deepEqual(notes, [`port 23456 is taken (by another program): db listens on ${ports.db} instead`]);
  assert.equal(toRemember.db, ports.db);
  assert.notEqual(ports.db, 23_456);
});

test("the control room's port is never given away", async () => {
  const taken = Array.from({ length: 10 }, (_, index) => 8080 + index);
  const { ports } = await choose({ taken });
  assert.deepEqual([ports.vote, ports.result], [8091, 8092]);
  const many = Array.from({ length: 12 }, (_, index) => ({ name: `p${index}`, port: 80, public: true }));
  const given = Object.values((await choose({ components: many })).ports);
  assert.deepEqual(given, [8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089, 8091, 8092]);
});

test("a port that was asked for is given, not remembered, and taken from whom it usually belongs to", async () => {
  const { ports, notes, toRemember } = await choose({ overrides: { db: 8080, result: 9000 }, remembered: { db: 23_456 } });
  assert.equal(ports.db, 8080);
  assert.equal(ports.result, 9000);
  assert.equal(ports.vote, 8082);
  assert.deepEqual(notes, ["port 8080 is taken (by db): vote listens on 8082 instead"]);
  assert.equal(toRemember.db, 23_456);
});

test("all ports that cannot be had are reported at once, each with a fix", async () => {
  const overrides = { voet: 9000, cron: 9001, vote: 8090, result: 9002, db: 70_000, worker: 9002 };
  await assert.rejects(choose({ overrides, taken: [9002] }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.deepEqual(
      error.problems.map(({ message, fix }) => `${message} / ${fix}`),
      [
        `--port voet=9000: "voet" isn't a part of this stack (parts: db, vote, worker, result) / write --port vote=9000`,
        '--port cron=9001: "cron" listens on no port / write one of db, vote, worker, result',
        "--port vote=8090: 8090 is the control room's port / choose another port",
        "--port result=9002: port 9002 isn't available on 127.0.0.1 (another program listens on it, or the system refuses it) / choose another port, or leave out --port result to get a free one",
        "--port db=70000: not a port / write a whole number from 1 to 65535",
        "--port worker=9002: result has this port already / give each part a port of its own",
      ],
    );
    return true;
  });
});

for (const port of [0, -1, 1.5, 65_536, Number.NaN]) {
  test(`${port} is not a port`, async () => {
    await assert.rejects(choose({ overrides: { vote: port } }), {
      message: `--port vote=${port}: not a port\n  fix: write a whole number from 1 to 65535`,
    });
  });
}
