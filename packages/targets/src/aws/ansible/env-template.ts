import { type EnvValue, type Plan, type PlannedComponent, renderEnv } from "@groundplan/model";
import { postgresEnv } from "../../containers/databases.js";
import { portOf } from "../../containers/port-of.js";
import { secretSettings } from "../../containers/settings.js";
import { jinjaLiteral } from "./jinja.js";

/** A component's variables as a template of the file for `docker run --env-file`: NAME=value, the value to the end of the line as it is. */
export function renderEnvTemplate(component: PlannedComponent, plan: Plan): string {
  return envFile(envOf(component, plan));
}

/** The same of variables alone. */
export function renderVariablesTemplate(env: Readonly<Record<string, EnvValue>>, plan: Plan): string {
  return envFile(templates(env, plan));
}

function envFile(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return `${lines.join("\n")}\n`;
}

/** Variables that do not fit into such a file, since their values have several lines. They are the author's own text. */
export function multiLineEnv(env: Readonly<Record<string, EnvValue>>): readonly (readonly [name: string, value: string])[] {
  return Object.entries(env)
    .filter(([, value]) => isMultiLine(value))
    .map(([name, value]) => [name, value.map((part) => (part.kind === "text" ? part.text : "")).join("")]);
}

function envOf({ port, env, source }: PlannedComponent, plan: Plan): Readonly<Record<string, string>> {
  if (source.kind === "postgres") return { ...postgresEnv(port, source), POSTGRES_PASSWORD: secretTemplate(source.passwordSecret, plan) };
  return templates(env, plan);
}

const secretTemplate = (name: string, plan: Plan): string => `{{ secrets['${secretSettings(plan).get(name)}'] }}`;

function templates(env: Readonly<Record<string, EnvValue>>, plan: Plan): Readonly<Record<string, string>> {
  const escaped = Object.entries(env)
    .filter(([, value]) => !isMultiLine(value))
    .map(([name, value]): [string, EnvValue] => [
      name,
      value.map((part) => (part.kind === "text" ? { kind: "text", text: jinjaLiteral(part.text) } : part)),
    ]);
  return renderEnv(Object.fromEntries(escaped), {
    host: (of) => of,
    port: (of) => portOf(plan, of),
    secret: (name) => secretTemplate(name, plan),
    page: (of) => `{{ public_urls['${of}'] }}`,
  });
}

function isMultiLine(value: EnvValue): boolean {
  return value.some((part) => part.kind === "text" && /[\r\n]/.test(part.text));
}
