import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recallPorts, rememberPorts } from "../../src/ports/choose-ports.js";
import { temporaryFolder } from "../temporary-folder.js";

test("ports are recalled as they were remembered, and before that there are none, without a note", () => {
  const folder = temporaryFolder();
  const notes: string[] = [];
  assert.deepEqual(
    recallPorts(folder, (text) => notes.push(text)),
    {},
  );
  rememberPorts(folder, { db: 20_001 });
  assert.deepEqual(
    recallPorts(folder, (text) => notes.push(text)),
    { db: 20_001 },
  );
  assert.deepEqual(notes, []);
});

for (const damaged of ["{", "[]", '{"db":"x"}']) {
  test(`a damaged memory (${damaged}) is said and done without`, () => {
    const folder = temporaryFolder();
    const notes: string[] = [];
    writeFileSync(join(folder, "ports.json"), damaged);
    assert.deepEqual(
      recallPorts(folder, (text) => notes.push(text)),
      {},
    );
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? "", /ports\.json .*: choosing new ports$/);
  });
}
