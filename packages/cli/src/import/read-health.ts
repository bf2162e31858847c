import type { ComposeService } from "./compose-service.js";
import type { Notes } from "./notes.js";
import { objectOf } from "./values.js";

export interface ReadHealth {
  readonly health?: string;
  readonly healthCommand?: readonly string[];
}

/** What asks for the health of a service, and the path where it asks by HTTP. */
export function readHealth({ key, name, values }: ComposeService, port: number | null, notes: Notes): ReadHealth {
  const { test, disable } = objectOf(values.healthcheck);
  const words = typeof test === "string" ? ["CMD-SHELL", test] : Array.isArray(test) ? test.map(String) : [];
  const [form, ...rest] = words;
  if (disable === true || form === "NONE") {
    const advice = "it counts as healthy when its HEALTHCHECK says so; write a healthCommand if that is wrong";
    notes.add(["services", key, "healthcheck"], name, "healthcheck is not switched off", advice);
    return {};
  }
  const healthCommand = form === "CMD-SHELL" ? ["sh", "-c", ...rest] : rest;
  if (healthCommand.length === 0) return {};
  const address = /https?:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?(\/[^\s"'?#|;&)]*)?/.exec(rest.join(" "));
  const health = address?.[1] ?? "/";
  return port === null || address === null || health === "/healthz" ? { healthCommand } : { health, healthCommand };
}
