import { PAGE_AFTER_SECONDS } from "../timing.js";
import { selector, serviceScrapes, type Watched, type WatchedScrape } from "../watched.js";
import type { AlertRule, RuleGroup } from "./rule.js";

const MINUTE = 60;

/** What runs on the hosts: whether it can be read at all. */
export function serviceRules(watched: Watched): RuleGroup | null {
  const services = serviceScrapes(watched);
  const exporters = watched.scrapes.filter(({ component, exporter }) => component !== null && exporter !== null);
  if (services.length + exporters.length === 0) return null;
  return {
    name: "services",
    about: "What does not answer. A service without metrics is not read, so nothing here tells of it.",
    rules: [...services.map(serviceDown), ...(services.length === 0 ? [] : [COPY_DOWN]), ...exporters.map(exporterDown)],
  };
}

/**
 * How many copies answer. Those found by the DNS are gone from it when they end, and then there is no series at all: `absent` tells
 * of that, with the same labels.
 */
function answering({ job, labels }: WatchedScrape): string {
  const own = selector({ job, ...labels });
  return `(sum by (job, ${Object.keys(labels).join(", ")}) (up${own}) or 0 * absent(up${own}))`;
}

function serviceDown(scrape: WatchedScrape): AlertRule {
  return {
    alert: "ServiceDown",
    expr: `${answering(scrape)} == 0`,
    forSeconds: PAGE_AFTER_SECONDS,
    severity: "page",
    labels: scrape.labels,
    summary: "{{ $labels.service }} is down",
    description: "{{ $value }} copies of {{ $labels.service }} on {{ $labels.host }} answer when Prometheus reads their metrics.",
  };
}

const COPY_DOWN: AlertRule = {
  alert: "ServiceCopyDown",
  expr: 'count by (job, host, tier, service) (up{service!=""} == 0) and on (job) (max by (job) (up{service!=""}) == 1)',
  forSeconds: 2 * MINUTE,
  severity: "ticket",
  summary: "A copy of {{ $labels.service }} is down",
  description: "{{ $value }} of the copies of {{ $labels.service }} on {{ $labels.host }} do not answer; others do.",
};

function exporterDown(scrape: WatchedScrape): AlertRule {
  return {
    alert: "ExporterDown",
    expr: `${answering(scrape)} == 0`,
    forSeconds: 2 * MINUTE,
    severity: "ticket",
    labels: scrape.labels,
    summary: "Nothing tells of {{ $labels.service }}",
    description: "{{ $value }} exporters of {{ $labels.service }} answer: no alert about {{ $labels.service }} itself could fire.",
  };
}
