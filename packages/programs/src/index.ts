export { type CommandLine, renderCommandLine, shellWord } from "./command-line.js";
export { LineSplitter, LONGEST_LINE, lastLines, plain } from "./lines.js";
export {
  type ProgramEnd,
  type ProgramOptions,
  type ProgramResult,
  type ProgramRunner,
  programRunner,
  type RunnerOptions,
  type RunOptions,
  runProgram,
} from "./run-program.js";
export { type Exit, type Launch, type RunningProgram, signalGroup, signalProcess, startProgram } from "./start-program.js";
