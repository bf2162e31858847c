import { runGroundplan } from "./groundplan.js";
import { processTerminal } from "./output/terminal.js";

process.exitCode = await runGroundplan({ words: process.argv.slice(2), folder: process.cwd(), terminal: processTerminal() });
