import { queryOptions } from "@tanstack/react-query";
import type { Block, ListBlocksResult, NetworkCount, TestAccessInput, TestAccessResult } from "@/lib/access/schemas";
import { getJson, postJson } from "./request";
import { unblockClient } from "./client";

/** Who may not connect now. */
export const blocksQuery = () =>
  queryOptions({
    queryKey: ["access", "blocks"] as const,
    queryFn: ({ signal }) => getJson<ListBlocksResult>("/api/access/blocks", { signal }),
  });

export interface BlockOrder {
  kind: "person" | "network";
  subject: string;
  reason: string;
  until: string | null;
}

/** Keeps a person or a network from connecting until a time, or (null) until somebody lifts it. */
export const blockSubject = (block: BlockOrder) => postJson<void>("/api/access/blocks", block);

/** How many clients a network's block would disconnect. */
export const countNetwork = (network: string): Promise<NetworkCount> =>
  postJson("/api/access/blocks/count", { network });

/** Lets them connect again. */
export const liftBlock = ({ kind, subject }: Pick<Block, "kind" | "subject">): Promise<unknown> =>
  kind === "client" ? unblockClient(subject) : postJson<void>("/api/access/blocks/lift", { kind, subject });

/** What a gateway would answer this client now, and why. */
export const testAccess = (asked: TestAccessInput) => postJson<TestAccessResult>("/api/access/test", asked);
