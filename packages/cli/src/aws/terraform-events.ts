/**
 * A line of `terraform plan -json` or `apply -json`, as far as it is read
 * (https://developer.hashicorp.com/terraform/internals/machine-readable-ui).
 */
export type TerraformEvent =
  | { readonly kind: "planned"; readonly address: string; readonly action: PlannedAction }
  | { readonly kind: "changes"; readonly changes: ChangeCount }
  | { readonly kind: "started"; readonly address: string; readonly action: string }
  | { readonly kind: "goes-on"; readonly address: string; readonly action: string; readonly seconds: number }
  | { readonly kind: "completed"; readonly address: string; readonly action: string; readonly seconds: number }
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic };

export type PlannedAction = "create" | "read" | "update" | "replace" | "delete" | "noop" | "move" | "import" | "remove" | "forget";

export interface ChangeCount {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** The resource; `null`: none is to blame. */
  readonly address: string | null;
  /** File and line, for example "network.tf:12"; `null`: none. */
  readonly place: string | null;
  /** The variable of the configuration that it is about; `null`: none. */
  readonly variable: string | null;
}

interface Line {
  readonly type?: string;
  readonly change?: { readonly resource: { readonly addr: string }; readonly action: PlannedAction };
  readonly changes?: ChangeCount;
  readonly hook?: { readonly resource: { readonly addr: string }; readonly action?: string; readonly elapsed_seconds?: number };
  readonly diagnostic?: {
    readonly severity: "error" | "warning";
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
    readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
    readonly snippet?: { readonly code?: string };
  };
}

/** `null`: a line of another kind, or none of Terraform's. */
export function parseTerraformEvent(text: string): TerraformEvent | null {
  const line = parseLine(text);
  if (line === null) return null;
  const { type, change, changes, hook, diagnostic } = line;
  if (type === "planned_change" && change !== undefined) {
    return { kind: "planned", address: change.resource.addr, action: change.action };
  }
  if (type === "change_summary" && changes !== undefined) {
    const { add, change: changed, remove } = changes;
    return { kind: "changes", changes: { add, change: changed, remove } };
  }
  if (type === "diagnostic" && diagnostic !== undefined) return { kind: "diagnostic", diagnostic: diagnosticOf(diagnostic) };
  if (hook === undefined) return null;
  const address = hook.resource.addr;
  const action = hook.action ?? "";
  const seconds = hook.elapsed_seconds ?? 0;
  switch (type) {
    case "apply_start":
      return { kind: "started", address, action };
    case "apply_progress":
      return { kind: "goes-on", address, action, seconds };
    case "apply_complete":
      return { kind: "completed", address, action, seconds };
    default:
      return null;
  }
}

function parseLine(text: string): Line | null {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text) as Line;
  } catch {
    // Half a line of a program that was ended in the middle.
    return null;
  }
}

function diagnosticOf({ severity, summary, detail = "", address, range, snippet }: NonNullable<Line["diagnostic"]>): Diagnostic {
  const place = range === undefined ? null : `${range.filename}:${range.start.line}`;
  const variable = /^variable "([^"]+)"/.exec(snippet?.code ?? "")?.[1] ?? null;
  return { severity, summary, detail, address: address ?? null, place, variable };
}

/** @example renderChanges({ add: 3, change: 0, remove: 1 })   // "3 to add, 0 to change, 1 to destroy" */
export function renderChanges({ add, change, remove }: ChangeCount): string {
  return `${add} to add, ${change} to change, ${remove} to destroy`;
}

export function countOf({ add, change, remove }: ChangeCount): number {
  return add + change + remove;
}
