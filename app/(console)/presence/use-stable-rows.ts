"use client";
import { useState } from "react";
import type { FoundClient } from "@/lib/presence/search-schemas";

interface Standing {
  /** What was asked; another question is another list. */
  question: string;
  order: readonly string[];
}

/**
 * Keeps the rows of one question where they stand: their values change in place, and rows that arrive meanwhile wait until
 * the reader asks for them. A list that had nothing takes what comes at once; pages appended at the end are not new.
 */
export function useStableRows(found: readonly FoundClient[], question: string) {
  const [standing, setStanding] = useState<Standing>({ question, order: [] });
  const byId = new Map(found.map((client) => [client.clientId, client]));
  const ids = found.map((client) => client.clientId);
  const fresh = standing.question !== question || !standing.order.some((id) => byId.has(id));
  const order = fresh ? ids : withLater(standing.order, ids);
  if (fresh ? !isSame(order, standing.order) || standing.question !== question : order !== standing.order)
    setStanding({ question, order });
  const shown = new Set(order);
  return {
    rows: order.flatMap((id) => byId.get(id) ?? []),
    waiting: ids.filter((id) => !shown.has(id)).length,
    showWaiting: () => setStanding({ question, order: ids }),
  };
}

/** Rows after the last one that stands move nothing: a further page, or what moved up when a row left. They join at once. */
function withLater(order: readonly string[], ids: readonly string[]): readonly string[] {
  const standing = new Set(order);
  const later = ids.slice(ids.findLastIndex((id) => standing.has(id)) + 1);
  return later.length > 0 ? [...order, ...later] : order;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, n) => id === b[n]);
