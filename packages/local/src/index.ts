export { type ControlRoom, startControlRoom } from "./control-room/start-control-room.js";
export { formatLogLine, type LogFormat } from "./logs/format-log-line.js";
export { CONTROL_ROOM_PORT } from "./ports/choose-ports.js";
export { findPostgres } from "./postgres/binaries.js";
export { type RunStackOptions, runStack } from "./run-stack.js";
export type { LogLine, PartState, PartStatus, RunningStack } from "./running-stack.js";
export { DEFAULT_TIMING, type Timing } from "./timing.js";
export { UserError, type UserProblem } from "./user-error.js";
