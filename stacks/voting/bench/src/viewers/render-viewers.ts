import type { Percentiles } from "@voting/stress";
import { cpuPerEventUs, type ViewersLoad, type ViewersRun } from "./viewers-load.js";

/** The load as a person reads it. */
export function renderViewers({ viewers, votesPerSecond, bareAlone, bare, service }: ViewersLoad): readonly string[] {
  const votes = `${votesPerSecond.toLocaleString("en")} votes/s`;
  return [
    `${viewers.toLocaleString("en")} viewers`,
    ...renderRun("bare server, nothing else", bareAlone, "bare server", viewers),
    ...renderRun(`bare server, ${votes}, before`, bare[0], "bare server", viewers),
    ...renderRun(`result service, ${votes}`, service, "result", viewers),
    `    vote due to seen ${times(service.seenMs)}; to accepted ${times(service.acceptMs)}; ${service.lost} streams lost`,
    ...Object.entries(service.probes).map(([path, answerMs]) => `    ${path} ${times(answerMs)}`),
    ...renderRun(`bare server, ${votes}, after`, bare[1], "bare server", viewers),
  ];
}

function renderRun(name: string, run: ViewersRun, server: string, viewers: number): readonly string[] {
  const title = `  ${name}: ${run.pushesPerSecond.toFixed(1)} pushes/s, ${times(run.pushMs)}`;
  if (run.cpu === null) return [title];
  const shares = Object.entries(run.cpu).map(([process, share]) => `${process} ${share.toFixed(2)}`);
  return [`${title}, ${cpuPerEventUs(run, server, viewers)?.toFixed(1)} µs CPU for each event`, `    of a core: ${shares.join(", ")}`];
}

const times = ({ p50, p99, max }: Percentiles): string => `p50 ${p50} p99 ${p99} max ${max} ms`;
