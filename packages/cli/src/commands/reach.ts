import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

export const reach: Command = {
  name: "reach",
  summary: "Says who can reach whom on which port and why, from the network rules alone",
  positionals: [],
  options: [
    STACK_OPTION,
    { name: "from", value: "NAME", summary: "who opens the connection: internet, operator, a range of a rule, a host or a component" },
    { name: "to", value: "NAME", summary: "who is reached; a component stands for its host and port, a name that is both for the host" },
    { name: "port", value: "PORT", summary: "on this port only" },
    { name: "hops", value: "N", default: "1", summary: "go on from every host that is reached, up to N connections" },
    { name: "diff", value: "DIR", summary: "what opens and what closes against another version of the stack: its folder or file" },
    { name: "since", value: "REVISION", summary: "the same against a revision of git" },
    { name: "check", value: null, summary: "exit code 1 when there is a warning" },
    jsonOption("print {stack, reaches, refused, sameHost, warnings} or, of two versions, {stack, opens, closes, stays, warnings}"),
  ],
  examples: [
    { line: "reach", says: "every connection that the rules let through" },
    { line: "reach --from internet --to db", says: "can it, and if not: which rule is missing?" },
    { line: "reach --from internet --hops 2", says: "what is one captured host away from the internet" },
    { line: "reach --since HEAD", says: "what opens and closes by what is not committed yet" },
  ],
  async run(input) {
    const { runReach } = await import("../reach/run-reach.js");
    return runReach(input);
  },
};
