import { z } from "zod";
import { createVernemq } from "@/lib/broker/vernemq";
import { brokerNodes } from "@/lib/env/broker-nodes";
import { readEnv } from "@/lib/env/read-env";
import { createAskClient, type AskClient } from "@/lib/presence/ask-client";
import { databaseNowUs } from "@/lib/presence/database-clock";
import { consoleDatabase, consoleLog } from "./console-database";
import { onceInProcess } from "./in-process";

const brokerEnv = z.object({
  BROKER_NODES: brokerNodes,
  /** A key of the broker's admin API with the scopes metrics, mgmt and api2. */
  BROKER_API_KEY: z.string().min(1),
});

/** The Next process's way to ask the broker about a client; throws naming what is missing of its configuration. */
export const consoleAskClient = (): AskClient =>
  onceInProcess("ask-client", () => {
    const env = readEnv(brokerEnv);
    return createAskClient({
      broker: createVernemq({ apiKey: env.BROKER_API_KEY }),
      nodes: env.BROKER_NODES.filter((node) => node.role === "subscriber"),
      databaseNowUs: databaseNowUs(consoleDatabase().pool),
      nowMs: () => performance.now(),
      log: consoleLog(),
    });
  });
