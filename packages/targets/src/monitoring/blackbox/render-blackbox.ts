import { renderYaml } from "../../yaml/render-yaml.js";
import { map } from "../../yaml/yaml-value.js";

/** The module that `render-prometheus.ts` asks the blackbox exporter for. */
export const BLACKBOX_MODULE = "http_2xx";

/** The file blackbox.yml: how a public page is opened. */
export function renderBlackbox(): string {
  const http = map({ method: "GET", fail_if_not_ssl: true, preferred_ip_protocol: "ip4" });
  return renderYaml(
    "How the public pages are opened, to see their certificates.",
    map({ modules: map({ [BLACKBOX_MODULE]: map({ prober: "http", timeout: "8s", http }) }) }),
  );
}
