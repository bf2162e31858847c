export { freePort } from "./free-port.js";
export { startVoting, type VotingRun } from "./start-voting.js";
