/**
 * What makes the tables independent of the order in which histories come (decision 0013): each ballot has a rank, its generation of the queue
 * and its place in it, and the highest rank of a voter stands. A position says which generation it belongs to, and how many entries of the
 * partition lie behind it.
 *
 * A service of schema 4 works beside this: `count_ballots` as it calls it is kept, and ranks its ballots by the end of its batch.
 */
export const ranksAndGenerations = `
-- In the order in which a batch takes them, so that a worker of version 4 and this cannot wait for each other.
LOCK TABLE positions, ballots, votes IN ACCESS EXCLUSIVE MODE;
ALTER TABLE votes ADD COLUMN IF NOT EXISTS rank UUID;
ALTER TABLE ballots ADD COLUMN IF NOT EXISTS rank UUID;

ALTER TABLE positions
  ADD COLUMN IF NOT EXISTS generation TEXT,
  -- Entries of the partition up to the position, as the queue itself numbers them; holds only while entries_at is the position.
  ADD COLUMN IF NOT EXISTS entries BIGINT,
  ADD COLUMN IF NOT EXISTS entries_at TEXT,
  -- Entries that were no ballots of this poll.
  ADD COLUMN IF NOT EXISTS rejected BIGINT NOT NULL DEFAULT 0,
  -- Ballots that an operator chose not to count.
  ADD COLUMN IF NOT EXISTS discarded BIGINT NOT NULL DEFAULT 0,
  -- Entries that were passed since this schema: counted, repeated, rejected or discarded.
  ADD COLUMN IF NOT EXISTS passed BIGINT NOT NULL DEFAULT 0,
  -- What the first three and discarded were when passed began.
  ADD COLUMN IF NOT EXISTS passed_from BIGINT NOT NULL DEFAULT 0;
UPDATE positions SET passed_from = counted + repeated;

-- A queue begins a generation when it is new, was emptied or replaced, and whenever its server starts. Later ones have higher ordinals.
CREATE TABLE IF NOT EXISTS generations (
  queue TEXT NOT NULL,
  id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  first_seen TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (queue, id)
);
CREATE INDEX IF NOT EXISTS generations_ordinal ON generations (ordinal);

-- What an operator accepted: ballots that are gone, and ballots that were not to be counted.
CREATE TABLE IF NOT EXISTS accepted_gaps (
  queue TEXT NOT NULL,
  partition INT NOT NULL,
  generation TEXT,
  missing BIGINT NOT NULL,
  discarded BIGINT NOT NULL,
  -- Entries behind "after", up to and with "upto", are passed over.
  after TEXT NOT NULL,
  upto TEXT NOT NULL,
  accepted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

ALTER TABLE rejected
  ADD COLUMN IF NOT EXISTS place TEXT,
  -- As it is shown to clients of the list votes:rejected.
  ADD COLUMN IF NOT EXISTS entry JSON,
  ADD COLUMN IF NOT EXISTS listed BOOLEAN NOT NULL DEFAULT TRUE;
CREATE UNIQUE INDEX IF NOT EXISTS rejected_place ON rejected (place);
CREATE INDEX IF NOT EXISTS rejected_unlisted ON rejected (at) WHERE NOT listed;

-- The partition of a voter, as the vote service computes it.
CREATE OR REPLACE FUNCTION partition_of(voter TEXT) RETURNS INT LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  bytes BYTEA := convert_to(voter, 'UTF8');
  hash BIGINT := 0;
BEGIN
  FOR i IN 0 .. length(bytes) - 1 LOOP hash := (hash * 31 + get_byte(bytes, i)) % 4294967296; END LOOP;
  RETURN hash % 4;
END $$;

-- 48 bits of the generation's ordinal, 80 bits of the place in it ("ms-sequence" of a stream, or a number).
CREATE OR REPLACE FUNCTION rank_of(ordinal BIGINT, place TEXT) RETURNS UUID LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(ordinal), 12, '0') || CASE
    WHEN strpos(place, '-') > 0
    THEN lpad(to_hex(split_part(place, '-', 1)::bigint), 12, '0') || lpad(to_hex(split_part(place, '-', 2)::bigint), 8, '0')
    ELSE lpad(to_hex(place::bigint), 20, '0') END)::uuid
$$;

-- Gives each generation its ordinal: its own, but the newest of a queue is above all that are known. Returns those of the queue.
CREATE OR REPLACE FUNCTION register_generations(in_queue TEXT, ids TEXT[], ordinals BIGINT[])
RETURNS TABLE (generation TEXT, place BIGINT) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7306);
  INSERT INTO generations (queue, id, ordinal)
    SELECT in_queue, g.id, CASE WHEN g.nr = cardinality(ids)
      THEN GREATEST(g.ordinal, (SELECT COALESCE(MAX(o.ordinal), 0) + 1 FROM generations o)) ELSE g.ordinal END
    FROM unnest(ids, ordinals) WITH ORDINALITY AS g(id, ordinal, nr)
    ON CONFLICT (queue, id) DO NOTHING;
  RETURN QUERY SELECT g.id, g.ordinal FROM generations g WHERE g.queue = in_queue;
END $$;

-- The arrays before to in_entries belong to in_partitions, the next to the ballots in queue order, the last two to what is no ballot.
-- An alias is the id under which an older version would have counted the ballot.
CREATE OR REPLACE FUNCTION count_ballots(
  in_queue TEXT, in_partitions INT[], before TEXT[], after TEXT[], in_generations TEXT[], in_entries INT[], in_discarded INT[],
  ids UUID[], voters TEXT[], options TEXT[], ranks UUID[], aliases UUID[], places TEXT[], rejects JSON[]
) RETURNS INT LANGUAGE plpgsql AS $$
DECLARE
  moved INT;
  counted_now INT;
BEGIN
  -- A restore brings the triggers last: what is written before them would be missing in the tallies.
  IF (SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = 'votes'::regclass AND tgname LIKE 'keep\\_tallies\\_%' AND tgenabled = 'A') < 4 THEN
    RAISE EXCEPTION 'the triggers that keep the tallies are not there: is a restore under way?' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;

  -- The fence: whoever read from other positions than these must not write. The lock on a partition's row lasts to the commit.
  UPDATE positions AS p SET position = step.after, entries = p.entries + step.entries, entries_at = step.after,
      passed = p.passed + step.entries, discarded = p.discarded + step.discarded
    FROM unnest(in_partitions, before, after, in_generations, in_entries, in_discarded)
      AS step(partition, before, after, generation, entries, discarded)
    WHERE p.queue = in_queue AND p.partition = step.partition AND p.position = step.before
      AND p.generation IS NOT DISTINCT FROM step.generation;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> cardinality(in_partitions) THEN
    RAISE EXCEPTION 'another worker has moved a position of %', in_partitions USING ERRCODE = 'serialization_failure';
  END IF;

  WITH arrived AS (
    SELECT * FROM unnest(ids, voters, options, ranks) WITH ORDINALITY AS a(id, voter, vote, rank, place)
    WHERE cardinality(aliases) = 0 OR NOT EXISTS (SELECT FROM ballots b WHERE b.id = aliases[a.place])
  ), first_time AS (
    INSERT INTO ballots (id, voter, vote, rank) SELECT id, voter, vote, rank FROM arrived ORDER BY place
    ON CONFLICT (id) DO NOTHING RETURNING id, voter, vote, rank
  ), standing AS (
    -- The highest rank of a voter stands. The order by voter keeps two writers from a deadlock.
    INSERT INTO votes AS v (id, vote, ballot, rank)
      SELECT DISTINCT ON (voter) voter, vote, id, rank FROM first_time ORDER BY voter, rank DESC
    ON CONFLICT (id) DO UPDATE SET vote = excluded.vote, ballot = excluded.ballot, rank = excluded.rank
      WHERE v.rank IS NULL OR v.rank <= excluded.rank
  )
  SELECT COUNT(*) INTO counted_now FROM first_time;

  IF cardinality(rejects) > 0 THEN
    INSERT INTO rejected (raw, reason, place, entry, listed)
      SELECT replace(r.entry::text, '\\u0000', '?'), r.entry ->> 'reason', r.place, r.entry, FALSE FROM unnest(places, rejects) AS r(place, entry)
      ON CONFLICT (place) DO NOTHING;
  END IF;

  UPDATE positions SET counted = counted + counted_now, repeated = repeated + cardinality(ids) - counted_now,
      rejected = positions.rejected + cardinality(rejects)
    WHERE queue = in_queue AND partition = in_partitions[1];
  NOTIFY tallies;
  RETURN counted_now;
END $$;

-- As version 4 calls it. It tells no ranks: the end of the batch in the voter's partition is close, and never below what was counted before.
CREATE OR REPLACE FUNCTION count_ballots(
  in_queue TEXT, in_partitions INT[], before TEXT[], after TEXT[], ids UUID[], voters TEXT[], options TEXT[]
) RETURNS INT LANGUAGE plpgsql AS $$
DECLARE
  moved INT;
  counted_now INT;
BEGIN
  UPDATE positions AS p SET position = step.after
    FROM unnest(in_partitions, before, after) AS step(partition, before, after)
    WHERE p.queue = in_queue AND p.partition = step.partition AND p.position = step.before;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> cardinality(in_partitions) THEN
    RAISE EXCEPTION 'another worker has moved a position of %', in_partitions USING ERRCODE = 'serialization_failure';
  END IF;

  WITH ends AS (
    SELECT p.partition, rank_of(COALESCE(g.ordinal, 0), p.position) AS rank
    FROM positions p LEFT JOIN generations g ON g.queue = p.queue AND g.id = p.generation
    WHERE p.queue = in_queue AND p.partition = ANY (in_partitions)
  ), arrived AS (
    SELECT a.*, ends.rank FROM unnest(ids, voters, options) WITH ORDINALITY AS a(id, voter, vote, place)
    LEFT JOIN ends ON ends.partition = partition_of(a.voter)
  ), first_time AS (
    INSERT INTO ballots (id, voter, vote, rank) SELECT id, voter, vote, rank FROM arrived ORDER BY place
    ON CONFLICT (id) DO NOTHING RETURNING id, voter, vote, rank
  ), standing AS (
    INSERT INTO votes AS v (id, vote, ballot, rank)
      SELECT DISTINCT ON (voter) voter, vote, id, rank
      FROM first_time JOIN (SELECT id, MIN(place) AS place FROM arrived GROUP BY id) AS places USING (id)
      ORDER BY voter, place DESC
    ON CONFLICT (id) DO UPDATE SET vote = excluded.vote, ballot = excluded.ballot, rank = excluded.rank
      WHERE v.rank IS NULL OR excluded.rank IS NULL OR v.rank <= excluded.rank
  )
  SELECT COUNT(*) INTO counted_now FROM first_time;

  UPDATE positions SET counted = counted + counted_now, repeated = repeated + cardinality(ids) - counted_now,
      passed_from = passed_from + cardinality(ids)
    WHERE queue = in_queue AND partition = in_partitions[1];
  NOTIFY tallies;
  RETURN counted_now;
END $$;
`;
