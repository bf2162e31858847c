/**
 * The queue for a machine without Redis. Ids are in the order of commit, because one writer at a time holds the lock from before
 * it draws an id until its commit is visible: a reader that has seen an id has seen all smaller ones.
 */
export const queue = `
CREATE TABLE queue (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  partition INT NOT NULL,
  ballot UUID NOT NULL,
  voter VARCHAR(255) NOT NULL,
  vote VARCHAR(255) NOT NULL,
  accepted_at DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (partition, id)
);

CREATE TABLE queue_added (
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
  ballots BIGINT NOT NULL
) WITH (fillfactor = 20);
INSERT INTO queue_added (ballots) VALUES (0);

CREATE FUNCTION enqueue_ballots(
  partitions INT[], ids UUID[], voters TEXT[], options TEXT[], accepted DOUBLE PRECISION[]
) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  -- The row is the lock.
  UPDATE queue_added SET ballots = ballots + cardinality(ids);
  INSERT INTO queue (partition, ballot, voter, vote, accepted_at)
    SELECT partition, id, voter, vote, accepted_at
    FROM unnest(partitions, ids, voters, options, accepted) WITH ORDINALITY AS b(partition, id, voter, vote, accepted_at, place)
    ORDER BY place;
  NOTIFY ballots;
END $$;
`;
