/**
 * A line that `ansible-playbook` prints, as far as it is read: the callback "default" with results as JSON of one line
 * (https://docs.ansible.com/ansible/latest/collections/ansible/builtin/default_callback.html).
 */
export type AnsibleEvent =
  | { readonly kind: "play"; readonly name: string }
  | { readonly kind: "task"; readonly name: string }
  | {
      readonly kind: "result";
      readonly host: string;
      readonly item: string | null;
      readonly status: TaskStatus;
      readonly result: TaskResult;
    }
  | { readonly kind: "retry"; readonly host: string; readonly text: string }
  | { readonly kind: "recap"; readonly host: string; readonly counts: Readonly<Record<string, number>> };

export type TaskStatus = "ok" | "changed" | "skipping" | "failed" | "unreachable";

/** What a module answers, as far as it is read. */
export interface TaskResult {
  readonly msg?: unknown;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly rc?: number;
  readonly unreachable?: boolean;
  /** Of a loop: what each item came to. */
  readonly results?: readonly TaskResult[];
  /** Instead of all the rest, where the task has `no_log`. */
  readonly censored?: string;
}

/** `null`: a line that says nothing of these. */
export function parseAnsibleLine(line: string): AnsibleEvent | null {
  const heading = /^(PLAY|TASK|RUNNING HANDLER) \[(.*)\] \**$/.exec(line);
  if (heading !== null) return { kind: heading[1] === "PLAY" ? "play" : "task", name: heading[2] ?? "" };

  const retry = /^FAILED - RETRYING: \[([^\]]+)\]: (.*)$/.exec(line);
  if (retry !== null) return { kind: "retry", host: retry[1] ?? "", text: retry[2] ?? "" };

  const recap = /^(\S+)\s+: (ok=\d+ .*)$/.exec(line);
  if (recap !== null) return { kind: "recap", host: recap[1] ?? "", counts: countsOf(recap[2] ?? "") };

  const result =
    /^(ok|changed|skipping|failed|fatal): \[([^\]]+)\](?:: (FAILED|UNREACHABLE)!)?(?:(?: =>)? \(item=(.*?)\))?(?: => (\{.*))?$/.exec(line);
  if (result === null) return null;
  const [, word = "", hosts = "", verdict, item, json = ""] = result;
  const answer = parseResult(json);
  const isUnreachable = verdict === "UNREACHABLE" || answer.unreachable === true;
  const status = isUnreachable ? "unreachable" : word === "fatal" ? "failed" : (word as TaskStatus);
  // A delegated task names two: "backend -> localhost".
  return { kind: "result", host: hosts.split(" -> ")[0] ?? "", item: item ?? null, status, result: answer };
}

function countsOf(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries([...text.matchAll(/(\w+)=(\d+)/g)].map(([, name = "", count]) => [name, Number(count)]));
}

function parseResult(json: string): TaskResult {
  if (!json.startsWith("{")) return {};
  try {
    return JSON.parse(json) as TaskResult;
  } catch {
    return { msg: json };
  }
}
