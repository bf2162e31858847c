export { startVoting, type VotingOptions, type VotingRun } from "./start-voting.js";
