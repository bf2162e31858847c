import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Plan, planOf } from "@groundplan/model";
import { awkwardStack, minimalStack, singleHostStack, votingStack } from "@groundplan/testing";

/** UPDATE_GOLDEN=1 writes the golden files anew; review the difference like code. */
const UPDATE = process.env.UPDATE_GOLDEN === "1";

/** The sample stacks, by the names of their golden files. */
export const PLANS: Readonly<Record<string, Plan>> = {
  minimal: planOf(minimalStack()),
  voting: planOf(votingStack()),
  awkward: planOf(awkwardStack()),
  "single-host": planOf(singleHostStack()),
};

/** `path`: under test/golden/. */
export function assertGolden(path: string, text: string): void {
  const url = new URL(`golden/${path}`, import.meta.url);
  if (UPDATE) {
    mkdirSync(new URL(".", url), { recursive: true });
    writeFileSync(url, text);
  }
  assert.equal(text, readFileSync(url, "utf8"), "run the tests with UPDATE_GOLDEN=1 if the change is meant");
}
