import type { FoldedClient } from "./fold-events";
import type { Refusal, SignIn } from "./write-sign-ins";

/** What goes to the store together: one entry a client, and what connects said of clients and people. */
export interface PresenceBatch {
  clients: FoldedClient[];
  signIns: SignIn[];
  refusals: Refusal[];
}

/**
 * A batch in pieces of at most `most` rows. Sign-ins come first, so that nobody finds a state without a person; the kinds are
 * apart where the batch is split at all, as a name the store refuses says nothing of a state.
 */
export function splitBatch(batch: PresenceBatch, most: number): PresenceBatch[] {
  const { clients, signIns, refusals } = batch;
  if (clients.length + signIns.length + refusals.length <= most) return [batch];
  return [
    ...pieces(signIns, most).map((piece) => ({ clients: [], signIns: piece, refusals: [] })),
    ...pieces(clients, most).map((piece) => ({ clients: piece, signIns: [], refusals: [] })),
    ...pieces(refusals, most).map((piece) => ({ clients: [], signIns: [], refusals: piece })),
  ];
}

const pieces = <T>(list: T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / most) }, (_, n) => list.slice(n * most, (n + 1) * most));

/** Is this the store's refusal of a value, which no second attempt will change? SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
export const isRefusedData = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));
