import type pg from "pg";

/** PostgreSQL's process that works for the worker. Throws when no worker is connected. */
export async function workersBackend(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 7301 LIMIT 1");
  if (rows[0] === undefined) throw new Error("no worker is connected now");
  return rows[0].pid;
}

/** PostgreSQL ends all its other processes after this, and recovers as after a crash. */
export async function killBackend(pool: pg.Pool): Promise<void> {
  process.kill(await workersBackend(pool), "SIGKILL");
}
