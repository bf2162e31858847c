import { type EnvNaming, type EnvValue, renderEnv } from "@groundplan/model";
import type { ContainerPlan } from "./container-plan.js";
import { literal, setting } from "./interpolation.js";
import { portOf } from "./port-of.js";
import { portSetting } from "./settings.js";

/** The machine that browsers find the public services on. */
export const PUBLIC_HOST = setting("PUBLIC_HOST", "127.0.0.1");

/** Variables as a Compose file holds them: the author's text taken for itself, components by their names and own ports. */
export function containerEnv(
  { plan, ports }: ContainerPlan,
  env: Readonly<Record<string, EnvValue>>,
  secret: EnvNaming["secret"],
): Readonly<Record<string, string>> {
  const escaped = Object.entries(env).map(([name, value]): [string, EnvValue] => [
    name,
    value.map((part) => (part.kind === "text" ? { kind: "text", text: literal(part.text) } : part)),
  ]);
  return renderEnv(Object.fromEntries(escaped), {
    host: (of) => of,
    port: (of) => portOf(plan, of),
    secret,
    page: (of) => `http://${PUBLIC_HOST}:${setting(portSetting(of), ports.get(of) ?? portOf(plan, of))}`,
  });
}
