export { startVoting, type VotingRun } from "./start-voting.js";
