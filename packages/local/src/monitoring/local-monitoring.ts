import type { Plan } from "@groundplan/model";
import { type GeneratedFile, type MonitoringReach, renderMonitoring } from "@groundplan/targets";
import type { Member } from "../local-stack.js";
import type { Listener } from "../ports/choose-ports.js";
import { UserError } from "../user-error.js";
import { type MemberOptions, makeMonitoringMembers } from "./make-monitoring-members.js";
import { isScraped, type MonitoringPart, monitoringParts, PROMETHEUS, scrapedPart } from "./monitoring-parts.js";
import { exporterPackage, findMonitoringPrograms, type MonitoringPrograms } from "./monitoring-programs.js";

/** Prometheus and the exporters of this machine, beside a stack that runs on it. */
export class LocalMonitoring {
  readonly #plan: Plan;
  readonly #programs: MonitoringPrograms;
  readonly #runsHere: ReadonlySet<string>;
  readonly #parts: readonly MonitoringPart[];

  /**
   * @param plan As it runs here.
   * @param runsHere Names of the components that have a program of their own here.
   * @throws UserError when the stack has no monitoring, or the machine no Prometheus.
   */
  constructor(plan: Plan, runsHere: ReadonlySet<string>, onNote: (text: string) => void, searchPath = process.env.PATH) {
    if (plan.monitoring === null) {
      throw new UserError({
        message: `--monitoring: the stack "${plan.stack}" says nothing of monitoring`,
        fix: "add s.monitoring({ on: <a public host> }) to the stack file, or leave --monitoring away",
      });
    }
    this.#plan = plan;
    this.#runsHere = runsHere;
    this.#programs = findMonitoringPrograms(searchPath);
    const all = monitoringParts(plan, runsHere);
    this.#parts = all.filter(({ exporter }) => exporter === null || this.#programs.exporters.has(exporter));
    for (const { name, exporter } of all) {
      if (exporter === null || this.#programs.exporters.has(exporter)) continue;
      onNote(`${name}: this machine has no ${exporter} exporter, so what it would tell is missing (package ${exporterPackage(exporter)})`);
    }
  }

  /** What needs a port. Prometheus has a page for people. */
  listeners(): readonly Listener[] {
    return this.#parts.map(({ name }) => ({ name, port: 0, public: name === PROMETHEUS }));
  }

  members(options: Pick<MemberOptions, "ports" | "secrets" | "stateFolder" | "context">): readonly Member[] {
    const files = this.#files(options.ports);
    return makeMonitoringMembers({ ...options, files, plan: this.#plan, parts: this.#parts, programs: this.#programs });
  }

  #files(ports: Readonly<Record<string, number>>): readonly GeneratedFile[] {
    const reach: MonitoringReach = {
      addressOf: (scrape) => {
        const port = isScraped(scrape, this.#plan, this.#runsHere) ? ports[scrapedPart(scrape)] : undefined;
        return port === undefined ? null : { kind: "static", address: `127.0.0.1:${port}` };
      },
      // Nobody is woken by a laptop: Prometheus and the control room show the alerts.
      alertmanager: null,
      receiver: { kind: "none" },
      prometheusUrl: `http://127.0.0.1:${ports[PROMETHEUS]}`,
      dashboardFolder: "",
      certificates: null,
    };
    return renderMonitoring(this.#plan, reach).filter(({ path }) => path.startsWith("prometheus/"));
  }
}
