import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

export const rules: Command = {
  name: "rules",
  summary: "Prints every network rule that follows from the stack, with its purpose",
  positionals: [],
  options: [STACK_OPTION, jsonOption("print [{group, direction, port, protocol, source, purpose}]")],
  examples: [
    { line: "rules", says: "who may reach whom, and why" },
    { line: "rules --json", says: "for other programs" },
  ],
  async run(input) {
    const { openPlan } = await import("../stack-file/open-plan.js");
    const { renderTable } = await import("../output/render-table.js");
    const opened = await openPlan(input);
    if (opened === null) return 1;

    // Named one by one: other programs rely on these keys, whatever else a rule may come to hold.
    const rows = opened.plan.rules.map(({ group, direction, port, protocol, source, purpose }) => ({
      group,
      direction,
      port,
      protocol,
      source,
      purpose,
    }));
    if (input.arguments.flag("json")) {
      input.terminal.out(JSON.stringify(rows, null, 2));
      return 0;
    }
    const cells = rows.map((rule) => [
      rule.group,
      rule.direction,
      String(rule.port),
      rule.protocol,
      "cidr" in rule.source ? rule.source.cidr : `group ${rule.source.group}`,
      rule.purpose,
    ]);
    input.terminal.out(renderTable(["group", "direction", "port", "protocol", "source", "purpose"], cells));
    return 0;
  },
};
