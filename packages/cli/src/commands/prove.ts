import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

export const prove: Command = {
  name: "prove",
  summary: "Proves the Terraform files with the real terraform, offline: no account, no network, no cost",
  positionals: [{ name: "what", summary: "terraform" }],
  options: [
    STACK_OPTION,
    { name: "dir", value: "DIR", summary: "prove these .tf files instead of the stack's; with --stack they must have the stack's rules" },
    { name: "var", value: "NAME=VALUE", several: true, summary: "a variable; operator_cidr and ssh_public_key have examples" },
    { name: "keep", value: null, summary: "leave the files and their state where they were proven, and say where" },
    jsonOption("print {proven, terraform, configurations: [{folder, proven, steps, resources, checks}], notProven}"),
  ],
  examples: [
    { line: "prove terraform", says: "the stack's own files: init, validate, plan, apply, plan again, destroy" },
    { line: "prove terraform --dir infra", says: "files written by hand" },
    { line: "prove terraform --dir infra --stack . --var project=shop", says: "and held against the stack's rules" },
  ],
  async run(input) {
    const { runProve } = await import("../prove/run-prove.js");
    return runProve(input);
  },
};
