import type { UserProblem } from "@groundplan/model";
import { lastLines } from "@groundplan/programs";
import { explainFailure } from "./failures.js";

interface PullFailure {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly fix: string;
}

const LOG_IN = "or log in to its registry (docker login)";

/** The first that matches counts. */
const PULL_FAILURES: readonly PullFailure[] = [
  {
    pattern: /no matching manifest for /,
    reason: "there is none for this engine's kind of machine",
    fix: "name another image",
  },
  {
    pattern: /manifest unknown|manifest for \S+ not found|failed to resolve reference \S+ \S+: not found/i,
    reason: "its registry has no such image, or none of this version",
    fix: "correct its name and version",
  },
  {
    pattern: /toomanyrequests|pull rate limit/i,
    reason: "its registry has answered too many requests from here",
    fix: `wait, ${LOG_IN}`,
  },
  {
    pattern: /no basic auth credentials|pull access denied|requested access to the resource is denied|unauthorized|\bdenied\b/i,
    reason: "its registry has no such image, or does not give it to you",
    fix: `correct its name, ${LOG_IN}`,
  },
  {
    pattern:
      /no such host|connection refused|i\/o timeout|TLS handshake timeout|Client\.Timeout|network is unreachable|x509|server misbehaving/,
    reason: "its registry cannot be reached from the Docker engine",
    fix: "give the engine a way to it (DNS, proxy), or bring the image yourself (docker load, or docker tag an image that is here)",
  },
];

/** Why an image cannot be pulled, with the engine's own words as detail. */
export function explainPullFailure(text: string, image: string): UserProblem {
  const known = PULL_FAILURES.find(({ pattern }) => pattern.test(text));
  if (known === undefined) {
    const other = explainFailure(text, image);
    if (other !== null) return other;
  }
  const reason = known?.reason ?? "its registry refuses it";
  const fix = known?.fix ?? "see whether docker pull gives it, or name another image";
  return { message: `the image ${image} cannot be pulled: ${reason}`, detail: lastLines(text, 2), fix };
}
