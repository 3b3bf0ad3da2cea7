import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { explainWaveSpan, isWaveSpan, WAVE_DIMENSIONS, WAVE_SPAN_FAULT } from "./schemas";
import { WAVE_COLUMNS, waveEvents } from "./wave-events";

export interface WaveClients {
  /** Newest first; a client that ended (or was refused) several times stands there as often. Instants are ISO. */
  clients: {
    /** Null: a session of a client nobody has heard the name of. */
    clientId: string | null;
    at: string;
    node: string;
    platform: string | null;
    appVersion: string | null;
    network: string | null;
    /** `not_told`: the broker did not say why. */
    reason: string;
  }[];
  nextCursor: string | null;
}

// Keys are hashes in the form of a UUID, not UUIDs of any version.
const position = z.tuple([z.number().int(), z.guid()]);

/** The clients behind a wave, or behind one value of one of its dimensions (`value` null: those without one), by pages. */
export const listWaveClients = readVerb({
  permission: "presence.read",
  input: z
    .object({
      ...explainWaveSpan,
      dimension: z.enum(WAVE_DIMENSIONS).optional(),
      value: z.string().max(200).nullish(),
      cursor: z.string().max(200).nullish(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    })
    .refine(isWaveSpan, WAVE_SPAN_FAULT),
  work: async (ctx, input): Promise<WaveClients> => {
    const after = readCursor(input.cursor);
    const isOfValue = input.dimension ? `${WAVE_COLUMNS[input.dimension]} is not distinct from $3` : "$3::text is null";
    const { rows } = await ctx.db.pool.query<{
      client_key: string;
      client_id: string | null;
      at_us: number;
      node: string;
      platform: string | null;
      app_version: string | null;
      network: string | null;
      reason: string;
    }>(
      `select *, (extract(epoch from at) * 1000000)::bigint as at_us from (${waveEvents(input.kind, "all")}) e
       where ${isOfValue} and ($4::bigint is null or (at, client_key) < (timestamptz 'epoch' + $4 * interval '1 microsecond', $5::uuid))
       order by at desc, client_key desc limit $6`,
      [
        input.from,
        input.to,
        input.dimension ? (input.value ?? null) : null,
        after?.[0] ?? null,
        after?.[1] ?? null,
        input.limit + 1,
      ],
    );
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1) : undefined;
    return {
      clients: shown.map((row) => ({
        clientId: row.client_id,
        at: new Date(row.at_us / 1_000).toISOString(),
        node: row.node,
        platform: row.platform,
        appVersion: row.app_version,
        network: row.network,
        reason: row.reason,
      })),
      nextCursor: last ? Buffer.from(JSON.stringify([last.at_us, last.client_key])).toString("base64url") : null,
    };
  },
  audit: (input, result) =>
    result.clients.length === 0
      ? null
      : {
          action: "cluster.listWaveClients",
          subjectKind: "cluster",
          subjectId: null,
          details: {
            kind: input.kind,
            from: input.from.toISOString(),
            to: input.to.toISOString(),
            clients: result.clients.length,
          },
        },
});

function readCursor(cursor: string | null | undefined): z.output<typeof position> | null {
  if (!cursor) return null;
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch (cause) {
    throw new AppError("VALIDATION", "cursor: not one this list gave. Begin again.", { cause });
  }
}
