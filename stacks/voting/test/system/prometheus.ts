/** What a test asks a running Prometheus. */
export interface Prometheus {
  targets(): Promise<readonly { readonly job: string; readonly health: string; readonly lastError: string }[]>;
  rules(): Promise<readonly { readonly name: string; readonly health: string; readonly lastError: string | undefined }[]>;
  alerts(): Promise<readonly { readonly name: string; readonly state: string; readonly severity: string; readonly description: string }[]>;
  /** The newest value of each series that an expression has now. */
  query(expr: string): Promise<readonly number[]>;
}

interface Answer<Data> {
  readonly status: string;
  readonly error?: string;
  readonly data: Data;
}

/** @see https://prometheus.io/docs/prometheus/latest/querying/api/ */
export function openPrometheus(url: string): Prometheus {
  async function ask<Data>(path: string): Promise<Data> {
    const response = await fetch(`${url}/api/v1/${path}`);
    const answer = (await response.json()) as Answer<Data>;
    if (answer.status !== "success") throw new Error(`Prometheus refused ${decodeURIComponent(path)}: ${answer.error}`);
    return answer.data;
  }

  return {
    async targets() {
      const { activeTargets } = await ask<{ activeTargets: { labels: Record<string, string>; health: string; lastError: string }[] }>(
        "targets",
      );
      return activeTargets.map(({ labels, health, lastError }) => ({ job: labels.job ?? "", health, lastError }));
    },
    async rules() {
      const { groups } = await ask<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>("rules");
      return groups.flatMap(({ rules }) => rules.map(({ name, health, lastError }) => ({ name, health, lastError })));
    },
    async alerts() {
      type Alert = { labels: Record<string, string>; annotations: Record<string, string>; state: string };
      const { alerts } = await ask<{ alerts: Alert[] }>("alerts");
      return alerts.map(({ labels, annotations, state }) => ({
        name: labels.alertname ?? "",
        state,
        severity: labels.severity ?? "",
        description: annotations.description ?? "",
      }));
    },
    async query(expr) {
      const { result } = await ask<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(expr)}`);
      return result.map(({ value }) => Number(value[1]));
    },
  };
}
