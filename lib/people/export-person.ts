import { readVerb } from "@/lib/audit/verb";
import { unsealBytes } from "@/lib/crypto/seal";
import { openingKeys } from "@/lib/env/sealing-key";
import { textStream } from "@/lib/format/text-stream";
import type { Context } from "@/lib/rbac/context";
import { FORGOTTEN } from "./forget-person";
import { personOf } from "./person-of";
import { exportPersonSchema } from "./schemas";

/** Not of the person but of our search, of an import, or a credential's hash. */
const OURS: ReadonlySet<string> = new Set(["person_words", "people_import_named", "client_tokens"]);

/**
 * All that is kept of a person, for them to be given: a JSON object a line, `{"kind": table, …row}` (a `kind` of the row's own as
 * `rowKind`), times in UTC; of messages the payload as it was published. Contents of logs are their own downloads (Diagnostics). Recorded before the first byte, with the reason.
 */
export const exportPerson = readVerb({
  permission: "people.write",
  input: exportPersonSchema,
  work: async (ctx, whose): Promise<{ personId: string; body: ReadableStream<Uint8Array> }> => {
    const personId = await personOf(ctx.db.prisma, whose);
    return { personId, body: textStream(linesOf(ctx, personId)) };
  },
  audit: ({ reason }, { personId }) => ({
    action: "people.exportPerson",
    subjectKind: "person",
    subjectId: personId,
    reason,
  }),
});

async function* linesOf(ctx: Context, personId: string): AsyncGenerator<string, undefined> {
  const { rows: clients } = await ctx.db.pool.query<{ client_key: string; client_id: string }>(
    "select client_key::text, client_id from clients where person_id = $1",
    [personId],
  );
  const keys = {
    person_id: [personId],
    client_id: clients.map((client) => client.client_id),
    client_key: clients.map((client) => client.client_key),
  };
  // The person first, then what leads from them.
  for (const column of ["person_id", "client_id", "client_key"] as const)
    for (const table of FORGOTTEN[column].toReversed()) {
      if (OURS.has(table)) continue;
      // Names of tables and columns are the code's own.
      const { rows } = await ctx.db.pool.query<{ row: Record<string, unknown>; payload: Buffer | null }>(
        `select to_jsonb(t) - '{payload,content_hash}'::text[] as row, ${table === "messages" ? "t.payload" : "null as payload"}
         from ${table} t where ${column} = any($1::text[]${column === "client_key" ? "::uuid[]" : ""})`,
        [keys[column]],
      );
      for (const { row, payload } of rows) {
        const { kind: rowKind, ...rest } = row;
        const content = payload ? contentOf(row, payload) : undefined;
        yield `${JSON.stringify({ kind: table, rowKind, ...rest, payload: content })}\n`;
      }
    }
}

/** As text where it is text, else in base64. */
function contentOf(row: Record<string, unknown>, payload: Buffer): string | { base64: string } {
  const bytes =
    row.sealed === true ? unsealBytes(payload, { keys: openingKeys(), about: String(row.topic_name) }) : payload;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}
