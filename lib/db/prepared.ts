import { createHash } from "node:crypto";

/** A statement each connection parses and plans once (PgBouncer needs its `max_prepared_statements`). Of texts that are few: a connection keeps them all. */
export const prepared = <V>(text: string, values: V[]): { name: string; text: string; values: V[] } => ({
  name: createHash("sha1").update(text).digest("base64url"),
  text,
  values,
});
