import { spawnSync } from "node:child_process";
import type { Exporter } from "@groundplan/model";

/** Collectors that fail at every look on this machine, each with a line in the log, and tell nothing that a rule or panel asks for. */
const NOISY: Readonly<Record<Exporter, readonly string[]>> = {
  // A laptop or container has no systemd that it may speak to.
  node: ["systemd"],
  redis: [],
  // Older exporters ask for columns that PostgreSQL 17 has no more.
  postgres: ["bgwriter"],
};

/** Options that switch these off, as far as this version of the exporter knows them: it would refuse others. */
export function quietArguments(exporter: Exporter, program: string): readonly string[] {
  if (NOISY[exporter].length === 0) return [];
  const { stdout, stderr } = spawnSync(program, ["--help"], { encoding: "utf8", timeout: 5_000 });
  const known = `${stdout}${stderr}`;
  return NOISY[exporter]
    .filter((name) => new RegExp(`--(\\[no-\\])?collector\\.${name}\\s`).test(known))
    .map((name) => `--no-collector.${name}`);
}
