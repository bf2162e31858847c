import type { Plan, PlannedHost } from "@groundplan/model";
import { SERVICE_TIMES } from "../../containers/container-health.js";
import { MOST_PROCESSES } from "../../containers/databases.js";
import type { AnsibleComponent } from "./ansible-component.js";
import { healthOptions, logOptions } from "./container-options.js";
import { privateAddress } from "./private-address.js";

/** Gets its certificates from Let's Encrypt by itself and renews them. */
const IMAGE = "caddy:2.10.0-alpine";

/** With a domain, a proxy on each host with public services: it ends HTTPS for all of them, each under a name of its own. */
export function httpsProxies(plan: Plan): readonly AnsibleComponent[] {
  const { domain } = plan.aws;
  if (domain === null) return [];
  return plan.hosts.flatMap((host) => {
    const sites = sitesOf(host, plan).map(({ name, port }) => site(`${name}.${domain}`, `${privateAddress(host.name)}:${port}`));
    return sites.length === 0 ? [] : [httpsProxy(host.name, sites.join("\n"), plan)];
  });
}

function sitesOf({ name: host }: PlannedHost, { components }: Plan): Plan["components"] {
  return components.filter((component) => component.host === host && component.public && component.port !== null);
}

/** Streams of events pass at once: the proxy holds back nothing of them. */
function site(name: string, address: string): string {
  return `${name} {\n\treverse_proxy ${address}\n}\n`;
}

function httpsProxy(host: string, caddyfile: string, { components }: Plan): AnsibleComponent {
  const name = components.some((component) => component.name === `https-${host}`) ? `https-proxy-${host}` : `https-${host}`;
  return {
    name,
    host,
    image: IMAGE,
    repository: IMAGE,
    built: false,
    // Its certificates: Let's Encrypt gives out few for a name in a week.
    data: `{{ data_folder }}/${name}`,
    options: [
      `--name=${name}`,
      `--hostname=${name}`,
      "--restart=unless-stopped",
      `--network=${name}`,
      ...[80, 443].map((port) => `--publish=${privateAddress(host)}:${port}:${port}`),
      `--env=CADDYFILE=${caddyfile}`,
      `--mount=type=bind,source={{ data_folder }}/${name},target=/data`,
      "--read-only",
      "--tmpfs=/tmp",
      "--tmpfs=/config",
      // Its program is marked to need this one.
      "--cap-drop=ALL",
      "--cap-add=NET_BIND_SERVICE",
      "--security-opt=no-new-privileges:true",
      "--memory=128m",
      `--pids-limit=${MOST_PROCESSES}`,
      "--stop-timeout=30",
      ...healthOptions({
        test: ["CMD", "wget", "--quiet", "--output-document=/dev/null", "http://127.0.0.1:2019/config/"],
        ...SERVICE_TIMES,
      }),
      ...logOptions(name),
    ],
    command: ["sh", "-c", 'printf %s "$CADDYFILE" > /tmp/Caddyfile && exec caddy run --config /tmp/Caddyfile --adapter caddyfile'],
  };
}
