import type { Actor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { consoleDatabase, consoleLog } from "./console-database";
import { consoleEnv } from "./console-env";
import { addressOf } from "./request-facts";

/** The clock of the Next process, as contexts carry it. */
export const consoleNow = (): Date => new Date();

/** The context of one request of the console, for an actor already known. */
export function consoleContext(of: { actor: Actor; headers: Pick<Headers, "get">; requestId: string }): Context {
  return {
    actor: of.actor,
    db: consoleDatabase(),
    log: consoleLog().child({ requestId: of.requestId }),
    now: consoleNow,
    requestId: of.requestId,
    fromAddress: addressOf(of.headers, consoleEnv().CONSOLE_TRUSTED_PROXIES),
  };
}
