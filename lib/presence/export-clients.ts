import { stringify } from "csv-stringify/sync";
import { readVerb } from "@/lib/audit/verb";
import { textStream } from "@/lib/format/text-stream";
import { coveringOf, type Covering } from "@/lib/people/covering";
import type { Context } from "@/lib/rbac/context";
import type { FoundRow } from "./read-found";
import { readStretch } from "./read-found";
import { findWay, type Found } from "./find-way";
import { isUnfiltered, type ClientFilters } from "./search-filters";
import { exportClientsSchema } from "./search-schemas";

/** Read at once: keyset pages, so that an export of millions holds neither a transaction nor memory. */
const STEP = 2_000;

const COLUMNS = [
  "state",
  "since",
  "node",
  "client_id",
  "person_id",
  "name",
  "phone_number",
  "platform",
  "app_version",
  "device_model",
  "session",
  "flapping",
  "proof",
  "proof_at",
] as const;

/**
 * Everything a search finds, as CSV in the order of its pages, written while it is read. Names, numbers and person ids are
 * masked unless the session is unmasked when it is asked for. Recorded before the first byte: who, how it was narrowed and under
 * which unmasking, never the text. The stream ends early when its reader leaves.
 */
export const exportClients = readVerb({
  permission: "presence.read",
  input: exportClientsSchema,
  work: async (ctx, input): Promise<ReadableStream<Uint8Array>> => {
    const found = await findWay(ctx.db.search, input);
    return textStream(csvOf(ctx, { found, filters: input.filters, covering: coveringOf(ctx.actor) }));
  },
  audit: ({ filters }) => ({
    action: "presence.exportClients",
    subjectKind: "search",
    subjectId: null,
    details: { filters: JSON.stringify(filters) },
  }),
});

async function* csvOf(
  ctx: Context,
  ask: { found: Found | null; filters: ClientFilters; covering: Covering },
): AsyncGenerator<string, undefined> {
  yield `${COLUMNS.join(",")}\n`;
  if (!ask.found) return;
  const filters = isUnfiltered(ask.filters) ? null : ask.filters;
  let after: string | null = null;
  do {
    const { candidates } = ask.found;
    const stretch = await readStretch(ctx.db.pool, { candidates, after, limit: STEP, filters, now: ctx.now() });
    // What begins with =, +, - or @ would be a formula to a spreadsheet.
    if (stretch.rows.length > 0)
      yield stringify(
        stretch.rows.map((row) => lineOf(row, ask.covering)),
        { escape_formulas: true },
      );
    after = stretch.examined < STEP ? null : stretch.last;
  } while (after !== null);
}

const instant = (us: number): string => new Date(us / 1_000).toISOString();

const lineOf = (row: FoundRow, covering: Covering): readonly (string | null)[] => [
  row.state,
  instant(row.since_us),
  row.node,
  row.client_id,
  row.person_id && covering.personId(row.person_id),
  covering.name(row.name),
  covering.phone(row.phone_number),
  row.platform,
  row.app_version,
  row.device_model,
  row.clean_session ? "clean" : "persistent",
  row.flapping ? "yes" : "no",
  row.proof_kind,
  instant(row.proof_us),
];
