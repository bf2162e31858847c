export type { LinkEnds, LogLine, PartState, RunningStack } from "@groundplan/local";
export { startVoting, type VotingOptions, type VotingRun } from "./start-voting.js";
