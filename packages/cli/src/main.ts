import { processTerminal } from "./output/terminal.js";
import { runGroundplan } from "./run-groundplan.js";

process.exitCode = await runGroundplan({ words: process.argv.slice(2), folder: process.cwd(), terminal: processTerminal() });
