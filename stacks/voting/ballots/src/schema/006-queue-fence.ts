/**
 * The queue for a machine without Redis, as the one in Redis has it since: entries say their format and generation, and a command that comes
 * after its deadline does nothing (see fence.ts).
 */
export const queueFence = `
ALTER TABLE queue
  ADD COLUMN IF NOT EXISTS format SMALLINT NOT NULL DEFAULT 1,
  ADD COLUMN IF NOT EXISTS generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE queue_added
  ADD COLUMN IF NOT EXISTS fence BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS generation BIGINT NOT NULL DEFAULT 0;

-- Moves the fence by some steps, and tells where it is.
CREATE OR REPLACE FUNCTION move_fence(steps BIGINT) RETURNS BIGINT LANGUAGE sql AS $$
  UPDATE queue_added SET fence = fence + steps RETURNING fence
$$;

-- Returns where the fence is; negative, less 1, when the command came too late and has done nothing.
CREATE OR REPLACE FUNCTION enqueue_ballots(
  partitions INT[], ids UUID[], voters TEXT[], options TEXT[], accepted DOUBLE PRECISION[],
  carried BIGINT, tolerance BIGINT, at_least BIGINT, plus BIGINT
) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  own BIGINT;
  newest BIGINT;
  at_fence BIGINT;
BEGIN
  -- The row is the lock.
  UPDATE queue_added SET ballots = ballots + cardinality(ids), fence = GREATEST(fence + plus, at_least)
    WHERE fence - carried <= tolerance RETURNING generation, fence INTO own, at_fence;
  IF NOT FOUND THEN
    RETURN (SELECT -fence - 1 FROM queue_added);
  END IF;
  -- Whatever another queue took since ranks below what comes now.
  SELECT MAX(ordinal) INTO newest FROM generations;
  IF newest IS NULL OR newest <> own THEN
    own := GREATEST(newest + 1, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint);
    INSERT INTO generations (queue, id, ordinal) VALUES ('postgres', own::text, own);
    UPDATE queue_added SET generation = own;
  END IF;
  INSERT INTO queue (partition, ballot, voter, vote, accepted_at, generation)
    SELECT partition, id, voter, vote, accepted_at, own
    FROM unnest(partitions, ids, voters, options, accepted) WITH ORDINALITY AS b(partition, id, voter, vote, accepted_at, place)
    ORDER BY place;
  NOTIFY ballots;
  RETURN at_fence;
END $$;
`;
