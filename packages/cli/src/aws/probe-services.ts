import type { Plan } from "@groundplan/model";
import { checkProbes, type Probe, probe } from "../docker/probe.js";
import type { Outputs } from "./outputs.js";
import type { Aws } from "./with-aws.js";

/**
 * Tries every public service from here, as its visitors come.
 *
 * @param limit Only those of this host; `null`: all.
 * @throws UserError with all that do not answer well.
 */
export async function probeServices(
  { signal, hint }: Pick<Aws, "signal"> & { hint(action: string): string },
  { components }: Plan,
  { publicUrls }: Outputs,
  limit: string | null,
): Promise<readonly Probe[]> {
  const probes = await Promise.all(
    components.flatMap(({ name, host, health }) => {
      const url = publicUrls[name];
      if (url === undefined || (limit !== null && host !== limit)) return [];
      const paths = [...new Set([health.kind === "http" ? health.ready : "/", "/"])];
      return probe(name, url, paths, signal);
    }),
  );
  checkProbes(probes, (service) => hint(`logs --service ${service}`));
  return probes;
}
