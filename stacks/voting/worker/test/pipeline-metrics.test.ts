import assert from "node:assert/strict";
import { test } from "node:test";
import type { QueueReader } from "@voting/ballots";
import { Registry } from "prom-client";
import { createMetrics as resultMetrics } from "../../result/src/build-result.js";
import voting from "../../stack.js";
import { createMetrics as voteMetrics } from "../../vote/src/metrics.js";
import { createMetrics as workerMetrics } from "../src/metrics.js";

/** Nothing is asked of it: metrics read their sources when they are collected. */
const unasked = {} as never;

test("every metric that the pipeline names is one that its service has, of the kind that it is taken for", () => {
  const registries = { vote: new Registry(), worker: new Registry(), result: new Registry() };
  const onOutage = () => undefined;
  voteMetrics(registries.vote, unasked, onOutage);
  workerMetrics(registries.worker, unasked as QueueReader, onOutage);
  resultMetrics(registries.result, { feed: unasked, reader: unasked, onOutage });
  const { pipeline } = voting;
  assert.ok(pipeline?.lag);
  const named = [
    ...pipeline.levels.map((level) => ({ ...level, kind: "Counter" })),
    { ...pipeline.lag, kind: "Gauge" },
    ...pipeline.latencies.map((latency) => ({ ...latency, kind: "Histogram" })),
    ...pipeline.errors.map((error) => ({ ...error, kind: "Counter" })),
  ];
  for (const { service, metric, kind } of named) {
    const found = registries[service as keyof typeof registries].getSingleMetric(metric);
    assert.equal(found?.constructor.name, kind, `${metric} of ${service}`);
  }
});
