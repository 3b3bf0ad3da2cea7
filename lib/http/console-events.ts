import { openSseHub, type SseHub } from "@/lib/events/sse-hub";
import { consoleNow } from "./console-context";
import { consoleLog } from "./console-database";
import { consoleEnv } from "./console-env";
import { onceInProcess } from "./in-process";

/** The one event hub of the Next process; it begins to listen when first asked for. */
export const consoleEvents = (): SseHub =>
  onceInProcess("events", () => openSseHub({ url: consoleEnv().DATABASE_URL, log: consoleLog(), now: consoleNow }));
