import { byId, element, setText } from "./element.js";
import { formatDuration } from "./format.js";

/** @typedef {{ name: string, state: "pending" | "firing", severity: string | null, summary: string, description: string,
 *   labels: string[], since: number, runbook: string | null }} ActiveAlert */
/** @typedef {{ watched: boolean, prometheusUrl: string | null, alerts: ActiveAlert[], missing: string | null }} AlertsReport */

/** What Prometheus warns of. A stack that runs without monitoring has no such section. */
export function alertView() {
  const section = byId("alerts");
  /** Ages, to be told again each second. */
  let ages = [];

  return {
    /** @param {AlertsReport} report */
    show(report) {
      section.hidden = !report.watched;
      const link = byId("prometheus");
      link.hidden = report.prometheusUrl === null;
      if (report.prometheusUrl !== null) link.href = `${report.prometheusUrl}/alerts`;
      setText(byId("alerts-note"), report.missing ?? (report.alerts.length === 0 ? "None is active." : ""));
      ages = [];
      byId("alert-list").replaceChildren(...report.alerts.map(alertItem));
      this.tick();
    },
    tick() {
      for (const { shown, since } of ages) setText(shown, `for ${formatDuration(Date.now() - since)}`);
    },
  };

  /** @param {ActiveAlert} alert */
  function alertItem(alert) {
    const age = element("span", { class: "quiet" });
    ages.push({ shown: age, since: alert.since });
    const item = element(
      "li",
      { class: "alert", "data-state": alert.state },
      element("span", { class: "state" }, alert.state),
      " ",
      element("strong", {}, alert.summary),
      " ",
      age,
      element("p", { class: "note" }, [alert.name, alert.severity, ...alert.labels].filter(Boolean).join(" · ")),
    );
    if (alert.description !== "") item.append(element("p", {}, alert.description));
    if (alert.runbook !== null) item.append(element("p", { class: "note" }, "What to do: ", runbook(alert.runbook)));
    return item;
  }
}

function runbook(text) {
  return /^https?:/.test(text) ? element("a", { href: text, target: "_blank", rel: "noreferrer" }, text) : text;
}
