import { queryOptions } from "@tanstack/react-query";
import type { ListIssuersResult } from "@/lib/access/schemas";
import { getJson } from "./request";

// Gateways say it every two seconds; this is soon enough to see one come back.
const LOOK_EVERY_MS = 10_000;

/** Whose tokens devices may connect with, and how the issuers are. */
export const issuersQuery = () =>
  queryOptions({
    queryKey: ["access", "issuers"] as const,
    queryFn: ({ signal }) => getJson<ListIssuersResult>("/api/access/issuers", { signal }),
    refetchInterval: LOOK_EVERY_MS,
  });
