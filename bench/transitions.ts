import { REQUEST_NODE_ARGUMENTS } from "@/stack/node-arguments";
import { serveProcess } from "./served-process";

export interface Transitions {
  /** Changes committed a second since the beginning or the last call. */
  rate: () => Promise<number>;
  stop: () => Promise<void>;
}

/** Writes so many transitions a second as a gateway does, of clients from all over the fleet, until it is stopped. */
export async function writeTransitions(options: {
  url: string;
  clients: number;
  perSecond: number;
}): Promise<Transitions> {
  const { url, clients, perSecond } = options;
  const writer = await serveProcess({
    entry: "transitions/served.ts",
    args: [url, String(clients), String(perSecond)],
    nodeArguments: REQUEST_NODE_ARGUMENTS,
    env: {},
  });
  let [before, since] = [0, performance.now()];
  return {
    rate: async () => {
      const [written, now] = [await writer.ask<number>(), performance.now()];
      const rate = ((written - before) * 1_000) / (now - since);
      [before, since] = [written, now];
      return rate;
    },
    stop: () => writer.stop(),
  };
}
