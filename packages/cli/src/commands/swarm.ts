import { checkAction } from "../arguments/check-action.js";
import { BASE_OPTION, NO_PREPARE_OPTION } from "../build/build-options.js";
import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

/** Each action with the options that not every action takes. */
const ACTIONS = {
  deploy: ["tag", "base", "no-prepare", "no-build", "port", "timeout"],
  rm: [],
  ps: [],
} as const;

export const swarm: Command = {
  name: "swarm",
  summary: "Runs the stack in a Docker swarm: deploy, rm, ps",
  positionals: [{ name: "action", summary: "deploy (builds, deploys, waits until healthy or rolled back, probes), rm or ps" }],
  options: [
    STACK_OPTION,
    { name: "out", value: "DIR", summary: "where its files are written (default out/swarm in the stack's folder)" },
    {
      name: "tag",
      value: "TAG",
      summary: "deploy: version of the images (default: TAG of the environment, else latest); what runs is replaced by another one only",
    },
    { ...BASE_OPTION, summary: `deploy: ${BASE_OPTION.summary}` },
    { ...NO_PREPARE_OPTION, summary: `deploy: ${NO_PREPARE_OPTION.summary}` },
    { name: "no-build", value: null, summary: "deploy: take the images as they are" },
    {
      name: "port",
      value: "NAME=PORT",
      several: true,
      summary: "deploy: where a public service, prometheus or grafana is published this time",
    },
    { name: "timeout", value: "SECONDS", default: "300", summary: "deploy: how long to wait until all is healthy" },
    jsonOption(
      "deploy: print {stack, folder, services, probes, scrapes}; rm: {stack, volumes}; ps: [{service, running, wanted, update, ...}]",
    ),
  ],
  examples: [
    { line: "swarm deploy", says: "on an engine that is a swarm manager (docker swarm init)" },
    { line: "swarm deploy --tag v2", says: "a new version, copy by copy; the old one again if it fails" },
    { line: "swarm ps", says: "how many copies are healthy; exit code 1 when some are not" },
    { line: "swarm rm", says: "remove it, and keep the data" },
  ],
  async run(input) {
    switch (checkAction("swarm", input.arguments, ACTIONS)) {
      case "deploy":
        return (await import("../swarm/swarm-deploy.js")).runSwarmDeploy(input);
      case "rm":
        return (await import("../swarm/swarm-rm.js")).runSwarmRm(input);
      case "ps":
        return (await import("../swarm/swarm-ps.js")).runSwarmPs(input);
    }
  },
};
