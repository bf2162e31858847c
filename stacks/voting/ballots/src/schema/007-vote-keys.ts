import { VOTE_KEY_HOURS } from "../queue.js";

/**
 * The first option of each vote key, where there is no Redis. Whoever holds the row of queue_added is alone with it, so two batches that
 * come with one key see each other; it is settled in the transaction that queues the ballots.
 */
export const voteKeys = `
CREATE TABLE IF NOT EXISTS vote_keys (
  id UUID PRIMARY KEY,
  vote VARCHAR(255) NOT NULL,
  first_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS vote_keys_first_at ON vote_keys (first_at);

-- Like enqueue_ballots; a ballot without a key has NULL. Also returns the places, from 1, of the ballots that were left out.
CREATE OR REPLACE FUNCTION enqueue_keyed_ballots(
  partitions INT[], ids UUID[], voters TEXT[], options TEXT[], accepted DOUBLE PRECISION[],
  carried BIGINT, tolerance BIGINT, at_least BIGINT, plus BIGINT, keys UUID[],
  OUT fence BIGINT, OUT left_out INT[]
) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM queue_added FOR UPDATE;
  SELECT COALESCE(array_agg(b.place::INT ORDER BY b.place), '{}') INTO left_out FROM (
    SELECT a.place, a.key, a.vote, COALESCE(k.vote, first_value(a.vote) OVER (PARTITION BY a.key ORDER BY a.place)) AS first
    FROM unnest(keys, options) WITH ORDINALITY AS a(key, vote, place)
      LEFT JOIN vote_keys k ON k.id = a.key AND k.first_at >= now() - INTERVAL '${VOTE_KEY_HOURS} hours'
  ) AS b WHERE b.key IS NOT NULL AND b.vote <> b.first;

  SELECT enqueue_ballots(
    COALESCE(array_agg(b.partition ORDER BY b.place), '{}'), COALESCE(array_agg(b.id ORDER BY b.place), '{}'),
    COALESCE(array_agg(b.voter ORDER BY b.place), '{}'), COALESCE(array_agg(b.vote ORDER BY b.place), '{}'),
    COALESCE(array_agg(b.at ORDER BY b.place), '{}'), carried, tolerance, at_least, plus
  ) INTO fence FROM unnest(partitions, ids, voters, options, accepted) WITH ORDINALITY AS b(partition, id, voter, vote, at, place)
    WHERE b.place <> ALL (left_out);

  IF fence >= 0 THEN
    DELETE FROM vote_keys WHERE first_at < now() - INTERVAL '${VOTE_KEY_HOURS} hours';
    INSERT INTO vote_keys (id, vote)
      SELECT DISTINCT ON (key) key, vote FROM unnest(keys, options) WITH ORDINALITY AS b(key, vote, place)
      WHERE key IS NOT NULL ORDER BY key, place
      ON CONFLICT (id) DO NOTHING;
  END IF;
END $$;
`;
