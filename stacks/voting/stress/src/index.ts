export { type AuditReport, audit } from "./audit.js";
export { checkInvariants, type Invariant } from "./invariants.js";
export { LedgerDatabase } from "./ledger-database.js";
export { type Levels, readLevels, readMetric } from "./levels.js";
export { type Percentiles, percentilesOf } from "./percentiles.js";
export type { Progress } from "./progress.js";
export { StackClient, type StackUrls } from "./stack-client.js";
export { type StressOptions, stress } from "./stress.js";
export { passed, type StressReport, type StressRun } from "./stress-report.js";
