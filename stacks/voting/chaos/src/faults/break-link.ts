import { pause } from "@groundplan/local";
import type { TcpProxy, Weather } from "../proxy/tcp-proxy.js";
import type { PlannedFault } from "./fault.js";

export async function breakLink(proxy: TcpProxy, fault: PlannedFault, heal: AbortSignal): Promise<void> {
  const [weather, ending] = fault.how.split(", then ");
  if (weather === "cut" || weather === "refuse") proxy.cut();
  if (weather === "cut") return;
  proxy.set(weatherOf(weather as string, fault.amount));
  await pause(fault.forMs, heal);
  if (ending === "cut") proxy.cut();
  proxy.set({ kind: "clear" });
}

function weatherOf(name: string, delayMs: number): Weather {
  switch (name) {
    case "refuse":
      return { kind: "refuse" };
    case "silence":
      return { kind: "silence", way: "both" };
    case "half-open":
      return { kind: "silence", way: "to" };
    case "half-open back":
      return { kind: "silence", way: "back" };
    case "delay":
      return { kind: "delay", delayMs };
    default:
      throw new Error(`a link cannot be broken by "${name}"`);
  }
}
