import assert from "node:assert/strict";
import { test } from "node:test";
import { openFilesLimit } from "@voting/ballots";
import { viewerLimit } from "../src/build-result.js";

test("more than ten thousand may watch unless MAX_VIEWERS says otherwise", () => {
  assert.deepEqual(viewerLimit({}, null), { viewers: 16_000, warning: null });
  assert.deepEqual(viewerLimit({ MAX_VIEWERS: "" }, 100_000), { viewers: 16_000, warning: null });
  assert.deepEqual(viewerLimit({ MAX_VIEWERS: "25" }, 1_024), { viewers: 25, warning: null });
});

test("where the process may not open as many files the limit is lower, and the operator is told what to raise", () => {
  const { viewers, warning } = viewerLimit({ MAX_VIEWERS: "5000" }, 1_024);
  assert.equal(viewers, 824);
  assert.match(warning ?? "", /^only 824 viewers at once, not 5000: the process may open 1024 files; .*ulimit -n\) to 5200$/);
});

test("a MAX_VIEWERS that is no whole number above 0 is refused", () => {
  for (const found of ["0", "-1", "1.5", "many"]) {
    assert.throws(() => viewerLimit({ MAX_VIEWERS: found }, null), {
      message: `MAX_VIEWERS must be a whole number above 0, found "${found}"`,
    });
  }
});

test("the system tells how many files may be open", (context) => {
  if (process.platform !== "linux") return context.skip("needs Linux");
  assert.ok((openFilesLimit() ?? Number.POSITIVE_INFINITY) > 100);
});
