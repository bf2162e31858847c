import { type PipelineDefinition, type PipelineLevel, UNREADABLE } from "../definition.js";
import { readComponentReference, type ServiceHandle } from "./handle.js";
import { itemsOf, OptionReader, type Report } from "./option-reader.js";
import { text } from "./value-kind.js";

/** One counter of the stack's flow: the pages that show the stack draw the levels side by side. */
export interface PipelineLevelOptions {
  /**
   * What the level is called where it is shown.
   *
   * @example { level: "accepted", at: vote, metric: "votes_accepted_total" }
   */
  readonly level: string;

  /**
   * The service whose metrics hold the counter.
   *
   * @example { level: "persisted", at: "worker", metric: "votes_persisted_total" }
   */
  readonly at: ServiceHandle | string;

  /**
   * Name of the Prometheus metric; several series of it are added up.
   *
   * @example { level: "visible", at: result, metric: "votes_visible_total" }
   */
  readonly metric: string;
}

const OPTIONS: Readonly<Record<keyof PipelineLevelOptions, true>> = { level: true, at: true, metric: true };

export function readPipeline(value: unknown, report: Report): PipelineDefinition {
  const items = itemsOf("pipeline", value, 's.pipeline([{ level: "accepted", at: vote, metric: "votes_accepted_total" }])', report);
  return { levels: items.map((item, index) => readLevel(item, `pipeline[${index}]`, report)) };
}

function readLevel(value: unknown, at: string, report: Report): PipelineLevel {
  const options = new OptionReader(at, value, OPTIONS, report);
  return {
    name: options.require("level", text('"accepted"'), UNREADABLE),
    service: readComponentReference(options.raw("at"), `${at}.at`, report),
    metric: options.require("metric", text('"votes_accepted_total"'), UNREADABLE),
  };
}
