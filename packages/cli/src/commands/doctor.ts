import type { Command } from "../command.js";
import { jsonOption } from "./common-options.js";

export const doctor: Command = {
  name: "doctor",
  summary: "Says which programs this machine has, what each is for and how to get it",
  positionals: [],
  options: [jsonOption("print [{name, status, version, detail, neededFor, required, get}]")],
  examples: [{ line: "doctor", says: "before the first groundplan up, or when something is missing" }],
  async run({ arguments: given, terminal }) {
    const { examine } = await import("../doctor/examine.js");
    const { renderFindings } = await import("../doctor/render-findings.js");
    const findings = await examine();
    terminal.out(given.flag("json") ? JSON.stringify(findings, null, 2) : renderFindings(findings));
    return findings.some((finding) => finding.required && finding.status !== "found") ? 1 : 0;
  },
};
