import { map, mapEach, quoted, renderYaml, type YamlValue } from "../text/yaml.js";
import { postgresRules, redisRules } from "./databases.js";
import { certificateRules, hostRules, serviceRules } from "./hosts.js";
import { pipelineRules } from "./pipeline.js";
import { type AlertRule, isAlert, type RecordingRule, type RuleGroup } from "./rule.js";
import { EVALUATE_SECONDS, promDuration } from "./timing.js";
import type { Watched } from "./watched.js";

/** Every rule there is about what is watched. A group whose subject is not there is left out. */
export function ruleGroups(watched: Watched): readonly RuleGroup[] {
  const groups = [hostRules, serviceRules, redisRules, postgresRules, pipelineRules, certificateRules].map((rules) => rules(watched));
  return groups.filter((group) => group !== null);
}

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
