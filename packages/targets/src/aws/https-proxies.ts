import type { Plan } from "@groundplan/model";
import { type Container, type ContainerText, PLAIN, SERVICE_TIMES } from "../containers/container.js";

/** Gets its certificates from Let's Encrypt by itself and renews them. */
const IMAGE = "caddy:2.10.0-alpine";

/** With a domain, a proxy on each host with public services: it ends HTTPS for all of them, each under a name of its own. */
export function httpsProxies({ aws, hosts, components }: Plan): readonly Container[] {
  const { domain } = aws;
  if (domain === null) return [];
  return hosts.flatMap(({ name: host }) => {
    const visited = components.filter((component) => component.host === host && component.public && component.port !== null);
    const sites = visited.map(({ name, port }) => site(`${name}.${domain}`, host, port));
    if (sites.length === 0) return [];
    const isTaken = components.some((component) => component.name === `https-${host}`);
    return [httpsProxy(isTaken ? `https-proxy-${host}` : `https-${host}`, host, sites)];
  });
}

/** Streams of events pass at once: the proxy holds back nothing of them. */
function site(name: string, host: string, port: number | null): ContainerText {
  return [text(`${name} {\n\treverse_proxy `), { kind: "address", host }, text(`:${port}\n}\n`)];
}

function httpsProxy(name: string, host: string, sites: readonly ContainerText[]): Container {
  return {
    ...PLAIN,
    name,
    role: "proxy",
    host,
    image: { kind: "ready", reference: IMAGE },
    command: ["sh", "-c", 'printf %s "$CADDYFILE" > /tmp/Caddyfile && exec caddy run --config /tmp/Caddyfile --adapter caddyfile'],
    env: { CADDYFILE: sites.flatMap((each, index) => (index === 0 ? each : [text("\n"), ...each])) },
    port: null,
    ports: [80, 443].map((port) => ({ inside: port, outside: port, for: "users" })),
    // Its certificates: Let's Encrypt gives out few for a name in a week.
    volumes: [{ kind: "data", source: `${name}-data`, target: "/data", readOnly: false, outlivesMachine: true }],
    writable: ["/tmp", "/config"],
    health: { test: ["CMD", "wget", "--quiet", "--output-document=/dev/null", "http://127.0.0.1:2019/config/"], ...SERVICE_TIMES },
    check: { kind: "process" },
    memoryMb: 128,
    // Its program is marked to need this one.
    capabilities: ["NET_BIND_SERVICE"],
  };
}

const text = (value: string) => ({ kind: "text", text: value }) as const;
