import { randomUUID } from "node:crypto";
import type { Database } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";

/** The context of a command that is run by hand, as a process of that name. */
export const commandContext = (name: string, db: Database): Context => ({
  actor: processActor(name),
  db,
  log: createLog(name),
  now: () => new Date(),
  requestId: randomUUID(),
  fromAddress: null,
});
