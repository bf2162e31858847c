/**
 * The ledger: every ballot that was counted, once each, and how far each partition of the queue is counted.
 *
 * `count_ballots` is the one place where a ballot becomes a vote. It is one transaction with the queue position, so after a
 * crash it has happened or it has not; and a ballot that the ledger has is passed over, so a replay changes nothing.
 */
export const ledger = `
CREATE TABLE ballots (
  id UUID PRIMARY KEY,
  voter VARCHAR(255) NOT NULL,
  vote VARCHAR(255) NOT NULL,
  counted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE positions (
  queue TEXT NOT NULL,
  partition INT NOT NULL,
  position TEXT NOT NULL,
  -- Ballots counted in batches that this partition led: their sum is the number of rows in "ballots", known without a count.
  counted BIGINT NOT NULL DEFAULT 0,
  -- Ballots passed over because the ledger had them.
  repeated BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (queue, partition)
) WITH (fillfactor = 20);

-- The arrays before and after belong to in_partitions, the others to the ballots in queue order.
CREATE FUNCTION count_ballots(
  in_queue TEXT, in_partitions INT[], before TEXT[], after TEXT[], ids UUID[], voters TEXT[], options TEXT[]
) RETURNS INT LANGUAGE plpgsql AS $$
DECLARE
  moved INT;
  counted_now INT;
BEGIN
  -- The fence: whoever read from other positions than these must not write. The lock on a partition's row lasts to the commit.
  UPDATE positions AS p SET position = step.after
    FROM unnest(in_partitions, before, after) AS step(partition, before, after)
    WHERE p.queue = in_queue AND p.partition = step.partition AND p.position = step.before;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> cardinality(in_partitions) THEN
    RAISE EXCEPTION 'another worker has moved a position of %', in_partitions USING ERRCODE = 'serialization_failure';
  END IF;

  WITH arrived AS (
    SELECT * FROM unnest(ids, voters, options) WITH ORDINALITY AS a(id, voter, vote, place)
  ), first_time AS (
    INSERT INTO ballots (id, voter, vote) SELECT id, voter, vote FROM arrived ORDER BY place
    ON CONFLICT (id) DO NOTHING RETURNING id, voter, vote
  ), standing AS (
    -- A voter's last ballot in queue order is the vote that stands; a ballot that came twice stands where it first came.
    -- The order by voter keeps two writers from a deadlock.
    INSERT INTO votes (id, vote, ballot)
      SELECT DISTINCT ON (voter) voter, vote, id
      FROM first_time JOIN (SELECT id, MIN(place) AS place FROM arrived GROUP BY id) AS places USING (id)
      ORDER BY voter, place DESC
    ON CONFLICT (id) DO UPDATE SET vote = excluded.vote, ballot = excluded.ballot
  )
  SELECT COUNT(*) INTO counted_now FROM first_time;

  UPDATE positions SET counted = counted + counted_now, repeated = repeated + cardinality(ids) - counted_now
    WHERE queue = in_queue AND partition = in_partitions[1];
  NOTIFY tallies;
  RETURN counted_now;
END $$;
`;
