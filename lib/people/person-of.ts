import type { Transaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors";

/** The person that is meant: as given, or whose client it is. Throws NOT_FOUND for a client that is nobody's. */
export async function personOf(
  tx: Pick<Transaction, "client">,
  { personId, clientId }: { personId?: string | undefined; clientId?: string | undefined },
): Promise<string> {
  if (personId !== undefined) return personId;
  const client = clientId === undefined ? null : await tx.client.findFirst({ where: { clientId } });
  if (!client?.personId) throw new AppError("NOT_FOUND", "No person is known of this client.");
  return client.personId;
}
