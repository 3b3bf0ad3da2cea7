import type { Transaction } from "@/lib/db/database";
import { channelOf, type LiveEvent } from "./schemas";

/** Tells everyone who listens, when the transaction commits. The caller keeps the event under 8 000 bytes. */
export async function notify(tx: Pick<Transaction, "$executeRaw">, event: LiveEvent): Promise<void> {
  await tx.$executeRaw`select pg_notify(${channelOf(event.type)}, ${JSON.stringify(event)})`;
}
