import { checkAction } from "../arguments/check-action.js";
import { BASE_OPTION, NO_PREPARE_OPTION } from "../build/build-options.js";
import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

/** Each action with the options that not every action takes. */
const ACTIONS = {
  up: ["tag", "base", "no-prepare", "no-build", "without", "port", "timeout", "json"],
  down: ["volumes", "json"],
  logs: ["follow", "service"],
  ps: ["json"],
} as const;

export const compose: Command = {
  name: "compose",
  summary: "Runs the stack in Docker with Compose: up, down, logs, ps",
  positionals: [{ name: "action", summary: "up (builds, starts, waits until healthy, probes), down, logs or ps" }],
  options: [
    STACK_OPTION,
    { name: "out", value: "DIR", summary: "where the Compose files are (default out/compose in the stack's folder)" },
    { name: "tag", value: "TAG", summary: "up: version of the images (default: TAG of the environment or of .env, else latest)" },
    { ...BASE_OPTION, summary: `up: ${BASE_OPTION.summary}` },
    { ...NO_PREPARE_OPTION, summary: `up: ${NO_PREPARE_OPTION.summary}` },
    { name: "no-build", value: null, summary: "up: take the images as they are" },
    {
      name: "without",
      value: "NAME",
      several: true,
      summary: "up: leave this program of monitoring out, or all of them (monitoring)",
    },
    {
      name: "port",
      value: "NAME=PORT",
      several: true,
      summary:
        "up: where a public service, prometheus or grafana is published this time; to keep it, write NAME_PORT=PORT into the folder's .env",
    },
    { name: "timeout", value: "SECONDS", default: "120", summary: "up: how long to wait until all is healthy" },
    { name: "volumes", value: null, summary: "down: remove the data too" },
    { name: "follow", value: null, summary: "logs: go on until Ctrl-C" },
    { name: "service", value: "NAME", several: true, summary: "logs: of this one only" },
    jsonOption("up: print {stack, folder, services, probes, scrapes}; down: {stack, folder, volumes}; ps: [{service, state, health, ...}]"),
  ],
  examples: [
    { line: "compose up", says: "the stack in containers, when all is healthy" },
    { line: "compose up --port vote=9000 --port result=9001", says: "on other ports" },
    { line: "compose up --without monitoring", says: "without Prometheus, Grafana and what they read" },
    { line: "compose ps", says: "how it is; exit code 1 when something is not healthy" },
    { line: "compose logs --follow --service vote", says: "what one of them prints" },
    { line: "compose down", says: "stop it, and keep the data" },
    { line: "compose down --volumes", says: "stop it, and remove the data" },
  ],
  async run(input) {
    switch (checkAction("compose", input.arguments, ACTIONS)) {
      case "up":
        return (await import("../compose/compose-up.js")).runComposeUp(input);
      case "down":
        return (await import("../compose/compose-down.js")).runComposeDown(input);
      case "logs":
        return (await import("../compose/compose-logs.js")).runComposeLogs(input);
      case "ps":
        return (await import("../compose/compose-ps.js")).runComposePs(input);
    }
  },
};
