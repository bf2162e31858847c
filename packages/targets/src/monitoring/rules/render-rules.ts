import { renderYaml } from "../../yaml/render-yaml.js";
import { map, mapEach, quoted, type YamlValue } from "../../yaml/yaml-value.js";
import { EVALUATE_SECONDS, promDuration } from "../timing.js";
import { type AlertRule, isAlert, type RecordingRule, type RuleGroup } from "./rule.js";

/** A file of rules for Prometheus. `runbooks`: the folder or URL of the runbook pages. */
export function renderRules({ name, about, rules }: RuleGroup, runbooks: string): string {
  const group = map({
    name,
    interval: promDuration(EVALUATE_SECONDS),
    rules: rules.map((rule) => (isAlert(rule) ? alertOf(rule, runbooks) : recordOf(rule))),
  });
  return renderYaml(`${about}\nMade by groundplan from the stack file: change that, and make this anew.`, map({ groups: [group] }));
}

function recordOf({ record, expr, labels }: RecordingRule): YamlValue {
  return map({ record, expr, labels: labels === undefined ? undefined : labelsOf(labels) });
}

function alertOf({ alert, expr, forSeconds, severity, labels, summary, description }: AlertRule, runbooks: string): YamlValue {
  return map({
    alert,
    expr,
    for: promDuration(forSeconds),
    labels: labelsOf({ severity, ...labels }),
    annotations: labelsOf({ summary, description, runbook_url: `${runbooks}/${alert}.md` }),
  });
}

function labelsOf(labels: Readonly<Record<string, string>>): YamlValue {
  return mapEach(Object.entries(labels), ([name, value]) => [name, quoted(value)]);
}
