import { VOTE_KEY_HOURS } from "../queue.js";

/**
 * The first option of each vote key, where there is no Redis. Whoever holds the row of queue_added is alone with it, so two batches that
 * come with one key see each other; it is settled in the transaction that queues the ballots.
 */
export const voteKeys = `
CREATE TABLE vote_keys (
  id UUID PRIMARY KEY,
  vote VARCHAR(255) NOT NULL,
  first_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX vote_keys_first_at ON vote_keys (first_at);

-- Like enqueue_ballots; a ballot without a key has NULL. Returns the places, from 1, of the ballots that were left out.
CREATE FUNCTION enqueue_keyed_ballots(
  partitions INT[], ids UUID[], voters TEXT[], options TEXT[], accepted DOUBLE PRECISION[], keys UUID[]
) RETURNS INT[] LANGUAGE plpgsql AS $$
DECLARE
  left_out INT[];
BEGIN
  PERFORM FROM queue_added FOR UPDATE;
  DELETE FROM vote_keys WHERE first_at < now() - INTERVAL '${VOTE_KEY_HOURS} hours';
  INSERT INTO vote_keys (id, vote)
    SELECT DISTINCT ON (key) key, vote FROM unnest(keys, options) WITH ORDINALITY AS b(key, vote, place)
    WHERE key IS NOT NULL ORDER BY key, place
  ON CONFLICT (id) DO NOTHING;
  SELECT COALESCE(array_agg(b.place::INT), '{}') INTO left_out
    FROM unnest(keys, options) WITH ORDINALITY AS b(key, vote, place) JOIN vote_keys k ON k.id = b.key AND k.vote <> b.vote;
  PERFORM enqueue_ballots(
    array_agg(b.partition ORDER BY b.place), array_agg(b.id ORDER BY b.place), array_agg(b.voter ORDER BY b.place),
    array_agg(b.vote ORDER BY b.place), array_agg(b.at ORDER BY b.place)
  ) FROM unnest(partitions, ids, voters, options, accepted) WITH ORDINALITY AS b(partition, id, voter, vote, at, place)
    WHERE b.place <> ALL (left_out) HAVING COUNT(*) > 0;
  RETURN left_out;
END $$;
`;
