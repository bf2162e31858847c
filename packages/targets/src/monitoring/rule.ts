/** A series that Prometheus computes at each evaluation: dashboards and alerts share it. Named level:metric:operations. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression holds before it fires; until then it is pending. */
  readonly forSeconds: number;
  /** page: somebody gets up for it. ticket: it can wait for the morning. */
  readonly severity: "page" | "ticket";
  /** What the expression's own labels do not say. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  /** With the value. */
  readonly description: string;
}

export type Rule = RecordingRule | AlertRule;

/** Rules of one file, evaluated in this order: what an alert reads is recorded before it. */
export interface RuleGroup {
  readonly name: string;
  /** What a reader of the file should know. */
  readonly about: string;
  readonly rules: readonly Rule[];
}

export function isAlert(rule: Rule): rule is AlertRule {
  return "alert" in rule;
}
