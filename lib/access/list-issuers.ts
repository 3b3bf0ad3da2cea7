import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { GATEWAY_LOST_SECONDS } from "@/lib/cluster/terms";
import type { Issuer, IssuerState, ListIssuersResult } from "./schemas";

interface Row {
  booted_at: Date;
  issuers: IssuerState[];
}

/** Whose tokens devices may connect with, as the running gateways say. */
export const listIssuers = readVerb({
  permission: "access.read",
  input: z.object({}),
  work: async (ctx): Promise<ListIssuersResult> => {
    const { rows } = await ctx.db.pool.query<Row>(
      `select booted_at, issuers from gateways
       where stopped_at is null and seen_at > now() - make_interval(secs => $1) order by booted_at, name`,
      [GATEWAY_LOST_SECONDS],
    );
    const issuers = new Map<string, Issuer>();
    for (const said of rows.flatMap((row) => row.issuers)) {
      const key = `${said.name} ${said.audience}`;
      issuers.set(key, withWordOf(issuers.get(key), said));
    }
    return {
      gateways: rows.length,
      since: rows[0]?.booted_at.toISOString() ?? null,
      issuers: [...issuers.values()],
    };
  },
});

/** One issuer with what one more gateway says of it. */
function withWordOf(known: Issuer | undefined, { awaySinceMs, outcomes, ...set }: IssuerState): Issuer {
  const awaySince = awaySinceMs === null ? null : new Date(awaySinceMs).toISOString();
  const earlier = [known?.awaySince ?? null, awaySince].filter((at) => at !== null).toSorted();
  return {
    ...set,
    awaySince: earlier[0] ?? null,
    awayAt: (known?.awayAt ?? 0) + (awaySince === null ? 0 : 1),
    outcomes: {
      known: (known?.outcomes.known ?? 0) + outcomes.known,
      verified: (known?.outcomes.verified ?? 0) + outcomes.verified,
      stale: (known?.outcomes.stale ?? 0) + outcomes.stale,
      refused: (known?.outcomes.refused ?? 0) + outcomes.refused,
    },
  };
}
