import { z } from "zod";
import type { NodeAddress } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { createVernemq } from "@/lib/broker/vernemq";
import { brokerNodes } from "@/lib/env/broker-nodes";
import { readEnv } from "@/lib/env/read-env";
import { onceInProcess } from "./in-process";

const brokerEnv = z.object({
  BROKER_NODES: brokerNodes,
  /** A key of the broker's admin API with the scopes metrics, mgmt and api2. */
  BROKER_API_KEY: z.string().min(1),
});

/** The broker as the Next process reaches it, by the nodes clients connect to; throws naming what is missing of its configuration. */
export const consoleBroker = (): { broker: Broker; nodes: readonly NodeAddress[] } =>
  onceInProcess("broker", () => {
    const env = readEnv(brokerEnv);
    return {
      broker: createVernemq({ apiKey: env.BROKER_API_KEY }),
      nodes: env.BROKER_NODES.filter((node) => node.role === "subscriber"),
    };
  });
