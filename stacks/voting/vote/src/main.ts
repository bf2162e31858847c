import { runService } from "@voting/ballots";
import { buildVote } from "./build-vote.js";

await runService("vote", 80, buildVote);
