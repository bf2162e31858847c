import { runService } from "@voting/ballots";
import { buildResult } from "./build-result.js";

await runService("result", 5001, buildResult);
