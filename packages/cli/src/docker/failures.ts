import type { UserProblem } from "@groundplan/model";

/** A foreign failure that can be told in a sentence. */
interface Failure {
  /** Text of Docker, the engine or Compose, of all versions that are known to say it differently. */
  readonly pattern: RegExp;
  explain(match: RegExpExecArray, about: string): UserProblem;
}

/** The first that matches counts. The tests hold the real texts. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /permission denied while trying to connect to the docker (?:daemon socket|API) at ([^\s:]+:\/\/[^\s:]+)/i,
    explain: (match) => ({
      message: `you may not use the Docker engine at ${match[1]}`,
      fix: "add yourself to its group (sudo usermod -aG docker $USER) and log in again; who is in it can do everything on this machine",
    }),
  },
  {
    pattern: /(?:Cannot connect to the Docker daemon|failed to connect to the docker API) at ([^\s;]+?)[.;]? (?:Is the docker|check if)/,
    explain: (match) => ({
      message: `the Docker engine does not run, or not at ${match[1]}`,
      fix: "start it (Docker Desktop, or sudo systemctl start docker), or see what DOCKER_HOST and docker context say",
    }),
  },
  {
    pattern: /unable to resolve docker endpoint: (context "[^"]+")/,
    explain: (match) => ({
      message: `Docker's ${match[1]} does not exist`,
      fix: "see docker context ls, and what DOCKER_CONTEXT says",
    }),
  },
  {
    pattern: /This node is not a swarm manager/,
    explain: () => ({
      message: "the Docker engine is no swarm manager",
      fix: "make it one (docker swarm init), or name a manager with DOCKER_HOST",
    }),
  },
  {
    pattern:
      /(?:listen tcp[46]? |Bind for |failed to bind (?:host )?port (?:for )?)(\S+?):(\d+)(?::\S+?:\d+)?(?:\/tcp)?(?::? bind)?(?: failed: port is already allocated|: address already in use)/,
    explain: (match, about) => portTaken(about, match[2] ?? "", ` on ${match[1]}`),
  },
  {
    pattern: /port '(\d+)' is already in use by service '([^']+)'/,
    explain: (match, about) => portTaken(about, match[1] ?? "", `: the swarm's service ${match[2]} publishes it`),
  },
  {
    pattern: /(?:listen tcp[46]? |failed to bind host port for )(\S+?):\d+(?::\S+?:\d+\/tcp)?: (?:bind: )?cannot assign requested address/,
    explain: (match, about) => ({
      message: `${about} cannot be published on ${match[1]}: this machine has no such address`,
      fix: "correct BIND_ADDRESS in .env",
    }),
  },
  {
    pattern: /(?:could not find an available, non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted)/,
    explain: () => ({
      message: "the Docker engine has no addresses left for another network",
      fix: "remove networks that nothing uses (docker network prune), or give it more (default-address-pools in its daemon.json)",
    }),
  },
  {
    pattern: /(?:Service "([^"]+)" is missing a healthcheck configuration|container (\S+) has no healthcheck configured)/,
    explain: (match) => ({
      message: `others wait until ${match[1] ?? match[2]} is healthy, but its image has no health check`,
      fix: "write a HEALTHCHECK into its Dockerfile, or health: { command } in stack.ts",
    }),
  },
  {
    pattern: /exec: "([^"]+)": (?:executable file not found in \$PATH|stat .*: no such file or directory|permission denied)/,
    explain: (match, about) => ({
      message: `${about} cannot start: its image has no program "${match[1]}"`,
      fix: "correct CMD or ENTRYPOINT in its Dockerfile, or health: { command } in stack.ts",
    }),
  },
  {
    pattern: /Service '([^']+)' needs to be built, but --no-build was passed|No such image: (\S+)/,
    explain: (match, about) => ({
      message: `the image of ${match[1] ?? match[2] ?? about} was not built`,
      fix: "build it: groundplan build, or leave --no-build away",
    }),
  },
  {
    pattern: /Missing mandatory value for .* interpolating .*: (.+)|required variable (\w+) is missing a value/,
    explain: (match) => ({
      message: `the file .env lacks a value (${match[1] ?? match[2]})`,
      fix: "write the files again: groundplan synth compose --out DIR",
    }),
  },
  {
    pattern: /no space left on device/i,
    explain: () => ({
      message: "the disk of the Docker engine is full",
      fix: "see docker system df, and remove what nothing uses: docker system prune",
    }),
  },
];

/**
 * What a text of Docker's means; `null`: it is none that is known.
 *
 * @param about The service, image or step that it happened to.
 */
export function explainFailure(text: string, about: string): UserProblem | null {
  for (const { pattern, explain } of FAILURES) {
    const match = pattern.exec(text);
    if (match !== null) return explain(match, about);
  }
  return null;
}

function portTaken(service: string, port: string, where: string): UserProblem {
  const other = Number(port) + (Number(port) < 60_000 ? 1_000 : -1_000);
  return {
    message: `port ${port}${where} is taken: ${service} cannot be published there`,
    fix: `publish it elsewhere (--port ${service}=${other}), or end what listens there (docker ps, ss -ltnp)`,
  };
}
