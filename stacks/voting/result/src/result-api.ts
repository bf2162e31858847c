import { type Keyring, RequestError } from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { ballotState } from "./ballot-state.js";
import type { ResultReader } from "./result-reader.js";

export interface ResultApiParts {
  readonly reader: ResultReader;
  readonly pool: Pool;
  readonly keyring: Keyring;
}

/** `GET /api/results` and `GET /api/ballots/<receipt>`. */
export async function resultApi(app: FastifyInstance, { reader, pool, keyring }: ResultApiParts): Promise<void> {
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  });

  app.get("/api/results", async () => (await orUnavailable(reader.read())).results);

  app.get<{ Params: { receipt: string } }>("/api/ballots/:receipt", async (request) => {
    const { receipt } = request.params;
    return { ballot: receipt, state: await orUnavailable(ballotState(pool, keyring, receipt)) };
  });
}

/** The database is the only thing that these reads need; that it is away is not a fault of theirs. */
export async function orUnavailable<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw new RequestError(503, "The results cannot be read right now; please try again in a moment.", { cause: error });
  }
}
