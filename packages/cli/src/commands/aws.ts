import { checkAction } from "../arguments/check-action.js";
import { UsageError } from "../arguments/usage-error.js";
import { BASE_OPTION, NO_PREPARE_OPTION } from "../build/build-options.js";
import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

/** Each action with the options that not every action takes. */
const ACTIONS = {
  plan: ["var", "json"],
  deploy: ["var", "limit", "auto-approve", "tag", "registry", "base", "no-prepare", "no-build", "json"],
  status: ["limit", "json"],
  logs: ["limit", "service", "follow"],
  connect: ["json"],
  rollback: ["limit", "service", "json"],
  destroy: ["var", "json"],
} as const;

export const aws: Command = {
  name: "aws",
  summary: "Runs the stack at AWS with Terraform and Ansible: plan, deploy, status, logs, connect, rollback, destroy",
  positionals: [
    {
      name: "action",
      summary: "plan, deploy (builds, plans, asks, applies, sets up, probes), status, logs, connect, rollback or destroy",
    },
    { name: "host", summary: "connect: the host to connect to (default the bastion)", optional: true },
  ],
  options: [
    STACK_OPTION,
    { name: "out", value: "DIR", summary: "where the files and the state are (default out/aws in the stack's folder)" },
    {
      name: "var",
      value: "NAME=VALUE",
      several: true,
      summary: "plan, deploy, destroy: a variable of the Terraform files; to keep it, write it into terraform.tfvars beside them",
    },
    { name: "limit", value: "HOST", summary: "only this host" },
    { name: "auto-approve", value: null, summary: "deploy: do not ask before changes are made" },
    { name: "tag", value: "TAG", default: "latest", summary: "deploy: version of the images" },
    {
      name: "registry",
      value: "HOST/PATH",
      summary: "deploy: take the images from there, and build none (default: from this machine, over SSH)",
    },
    { ...BASE_OPTION, summary: `deploy: ${BASE_OPTION.summary}` },
    { ...NO_PREPARE_OPTION, summary: `deploy: ${NO_PREPARE_OPTION.summary}` },
    { name: "no-build", value: null, summary: "deploy: take the images as they are" },
    { name: "service", value: "NAME", several: true, summary: "logs, rollback: of this one only" },
    { name: "follow", value: null, summary: "logs: go on until Ctrl-C" },
    jsonOption("print what was done or found as JSON; connect: the command, without running it"),
  ],
  examples: [
    { line: "aws plan --var operator_cidr=203.0.113.7/32", says: "what would be made; the other variables are in terraform.tfvars" },
    { line: "aws deploy", says: "make it, or bring it up to date; what failed in the middle goes on" },
    { line: "aws deploy --tag v2 --limit frontend", says: "a new version on one host" },
    { line: "aws status", says: "how it is; exit code 1 when something is not healthy" },
    { line: "aws logs --service worker --follow", says: "what one of them prints" },
    { line: "aws connect backend", says: "a shell on a private host, through the bastion" },
    { line: "aws rollback", says: "the images of before the last deploy" },
    { line: "aws destroy", says: "remove everything; it asks for the stack's name" },
  ],
  async run(input) {
    const action = checkAction("aws", input.arguments, ACTIONS);
    const host = input.arguments.positional(1);
    if (host !== "" && action !== "connect") throw new UsageError(`groundplan aws ${action} does not know what to do with "${host}".`);
    switch (action) {
      case "plan":
        return (await import("../aws/run-plan.js")).runAwsPlan(input);
      case "deploy":
        return (await import("../aws/run-deploy.js")).runAwsDeploy(input);
      case "status":
        return (await import("../aws/run-status.js")).runAwsStatus(input);
      case "logs":
        return (await import("../aws/run-logs.js")).runAwsLogs(input);
      case "connect":
        return (await import("../aws/run-connect.js")).runAwsConnect(input);
      case "rollback":
        return (await import("../aws/run-rollback.js")).runAwsRollback(input);
      case "destroy":
        return (await import("../aws/run-destroy.js")).runAwsDestroy(input);
    }
  },
};
