export { answerErrors, describeError, type ErrorAnswer, RequestError } from "./answer-errors.js";
export { type Ballot, isUuid, type NewBallot, nowMs } from "./ballot.js";
export { Batcher, GoneError, LeftOutError, OverloadedError } from "./batcher.js";
export { connectClient, endClient, openPool, requireDurablePostgres } from "./database.js";
export { addFastLane, connectionLimit, type FastLane, limitConnections, openFilesLimit } from "./http-server.js";
export { Keyring } from "./keyring.js";
export {
  type BatchDetails,
  type CountStep,
  countBallots,
  loadPosition,
  lookUpBallot,
  type Reject,
  readGenerations,
  readPositions,
  readSnapshot,
  registerGenerations,
  type StoredPosition,
  setPosition,
} from "./ledger.js";
export { Notice } from "./notice.js";
export { openQueue, openReader } from "./open-queue.js";
export { escapeHtml, optionsFrom, type PollOption, pageFrom } from "./options.js";
export { PARTITIONS } from "./partition.js";
export {
  type BallotQueue,
  type CountedUpTo,
  type PartitionLook,
  type Progress,
  QueueChanged,
  type QueueEntry,
  type QueueReader,
  type QueueTotals,
  type Resumption,
} from "./queue.js";
export { retentionFrom } from "./retention.js";
export { migrate } from "./schema/migrate.js";
export { collectTotal, createApp, type RunningService, requireEnv, runService, type ServiceContext } from "./service.js";
export { derivedUuid, orderedUuid } from "./uuids.js";
