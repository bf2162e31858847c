import type { Command } from "../command.js";
import { dataOption, jsonOption, STACK_OPTION } from "./common-options.js";

export const up: Command = {
  name: "up",
  summary: "Runs the stack on this machine, until Ctrl-C",
  positionals: [],
  options: [
    STACK_OPTION,
    { name: "port", value: "NAME=PORT", several: true, summary: "the port that a part must have on this machine" },
    { name: "watch", value: null, summary: "start a service again when its files change" },
    { name: "monitoring", value: null, summary: "run Prometheus beside it, and the exporters that this machine has" },
    { name: "quiet", value: null, summary: "hide what the services print" },
    { name: "control-room-port", value: "PORT", default: "8090", summary: "where the control room listens" },
    { name: "no-control-room", value: null, summary: "start none" },
    dataOption("where data and secrets are kept"),
    jsonOption("print {stack, parts, controlRoom} when everything is healthy"),
  ],
  examples: [
    { line: "up", says: "run the stack in stacks/voting, or in this folder" },
    { line: "up --port vote=9000 --port result=9001", says: "on other ports" },
    { line: "up --watch", says: "while working on the services" },
    { line: "up --monitoring", says: "with Prometheus: its alerts show in the control room" },
  ],
  async run(input) {
    const { runUp } = await import("../up/run-up.js");
    return runUp(input);
  },
};
