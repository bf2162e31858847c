export { Failure, type OptionSpecs, parseDuration, parseOptions, parseWords, UsageError, type Words, wholeNumber } from "./arguments.js";
export { LiveConsole, onInterrupt, type Picture, ReportFile, runCommand } from "./command.js";
export { Random } from "./random.js";
export { Viewer } from "./viewer.js";
export { type PollOptions, pause, poll, until } from "./waiting.js";
