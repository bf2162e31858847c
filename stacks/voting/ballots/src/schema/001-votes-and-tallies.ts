/**
 * The classic table, and tallies that always equal its GROUP BY. Adopts a table `votes` that a classic stack has filled.
 *
 * Triggers keep the tallies, so they hold whoever writes: our worker, a classic worker, a person in psql. They run once for each
 * statement, not for each row. Each backend adds to a shard of its own, so writers do not wait for each other's commit;
 * the sum over the shards is the tally, and there are never more than TALLY_SHARDS rows for each option.
 */
export const votesAndTallies = `
CREATE TABLE IF NOT EXISTS votes (
  id VARCHAR(255) NOT NULL UNIQUE,
  vote VARCHAR(255) NOT NULL
);
-- The ballot that stands for this voter; null where a classic writer set the vote.
ALTER TABLE votes ADD COLUMN IF NOT EXISTS ballot UUID;

CREATE TABLE tallies (
  vote VARCHAR(255) NOT NULL,
  shard INT NOT NULL,
  votes BIGINT NOT NULL,
  PRIMARY KEY (vote, shard)
) WITH (fillfactor = 20);

CREATE VIEW tally AS
  SELECT vote, SUM(votes)::BIGINT AS votes FROM tallies GROUP BY vote HAVING SUM(votes) <> 0;

CREATE FUNCTION keep_tallies() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  own_shard CONSTANT INT := pg_backend_pid() % 16;
  changed BIGINT;
BEGIN
  -- Two backends on one shard take turns, and cannot lock its rows in opposite orders.
  PERFORM pg_advisory_xact_lock(7305, own_shard);
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM tallies;
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO tallies AS t (vote, shard, votes)
      SELECT vote, own_shard, COUNT(*) FROM new_rows GROUP BY vote
      ON CONFLICT (vote, shard) DO UPDATE SET votes = t.votes + excluded.votes;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO tallies AS t (vote, shard, votes)
      SELECT vote, own_shard, -COUNT(*) FROM old_rows GROUP BY vote
      ON CONFLICT (vote, shard) DO UPDATE SET votes = t.votes + excluded.votes;
  ELSE
    INSERT INTO tallies AS t (vote, shard, votes)
      SELECT vote, own_shard, SUM(n) FROM
        (SELECT vote, 1 AS n FROM new_rows UNION ALL SELECT vote, -1 FROM old_rows) AS moves
      GROUP BY vote HAVING SUM(n) <> 0
      ON CONFLICT (vote, shard) DO UPDATE SET votes = t.votes + excluded.votes;
  END IF;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed > 0 THEN NOTIFY tallies; END IF;
  RETURN NULL;
END $$;

-- No writer between the first count and the first trigger.
LOCK TABLE votes IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO tallies (vote, shard, votes) SELECT vote, 0, COUNT(*) FROM votes GROUP BY vote;

CREATE TRIGGER keep_tallies_insert AFTER INSERT ON votes
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_tallies();
CREATE TRIGGER keep_tallies_update AFTER UPDATE ON votes
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_tallies();
CREATE TRIGGER keep_tallies_delete AFTER DELETE ON votes
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_tallies();
CREATE TRIGGER keep_tallies_truncate AFTER TRUNCATE ON votes FOR EACH STATEMENT EXECUTE FUNCTION keep_tallies();
-- Also where a session asks for no triggers (a restore, a replica): the tallies must hold there too.
ALTER TABLE votes ENABLE ALWAYS TRIGGER keep_tallies_insert;
ALTER TABLE votes ENABLE ALWAYS TRIGGER keep_tallies_update;
ALTER TABLE votes ENABLE ALWAYS TRIGGER keep_tallies_delete;
ALTER TABLE votes ENABLE ALWAYS TRIGGER keep_tallies_truncate;
`;
