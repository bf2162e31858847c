export { type CommandLine, renderCommandLine } from "./command-line.js";
export { LineSplitter, LONGEST_LINE, lastLines, plain } from "./lines.js";
export {
  type Exit,
  type Launch,
  type ProgramEnd,
  type ProgramOptions,
  type ProgramResult,
  type ProgramRunner,
  programRunner,
  type RunnerOptions,
  type RunningProgram,
  type RunOptions,
  runProgram,
  signalGroup,
  signalProcess,
  startProgram,
} from "./start-program.js";
