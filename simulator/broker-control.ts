import { z } from "zod";
import type { BrokerAddress } from "./network";

/** What can be done to a node of the embedded broker. */
export type NodeAction = "kill" | "stop" | "freeze" | "thaw" | "start";

/** The embedded broker's control port, as far as scenarios use it. Every call throws with the broker's words when it is refused. */
export interface BrokerControl {
  /** Nodes that devices reach. */
  subscriberNodes: () => Promise<BrokerAddress[]>;
  actOnNode: (node: string, action: NodeAction) => Promise<void>;
  /** Nodes of different groups do not see one another, until healed. */
  splitNet: (groups: readonly (readonly string[])[]) => Promise<void>;
  healNet: () => Promise<void>;
  /** In force until the next call; an empty object: none. */
  setHookFaults: (faults: Readonly<Record<string, unknown>>) => Promise<void>;
  /** One more fault beside the others; without a fault in it, it removes that of the same node, hook and clients. */
  putHookFault: (fault: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Where a node's hooks go, and which; what is not given stays. */
  registerHooks: (node: string, registration: { url?: string; hooks?: readonly string[] }) => Promise<void>;
  /** Whether hooks of all nodes find somebody. */
  setReceiver: (reachable: boolean) => Promise<void>;
  /** Whether clients may connect while a node is away. */
  allowRegisterDuringNetsplit: (allowed: boolean) => Promise<void>;
  /** When persistent sessions end that nobody resumes; 0 is never. */
  setExpiration: (seconds: number) => Promise<void>;
}

// A graceful stop waits for hooks; a start waits for ports.
const TIMEOUT_MS = 30_000;

const nodesSchema = z.object({
  nodes: z.array(z.object({ name: z.string(), role: z.string(), mqttPort: z.number() })),
});

/** `url`: of the control port, which is on loopback, as the MQTT listeners are reached. */
export function openBrokerControl(url: string): BrokerControl {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(new URL(path, url), {
      method,
      ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw new Error(`The embedded broker's control port does not answer at ${url}: ${String(cause)}`, { cause });
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The broker refused ${method} ${path} with ${response.status}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  return {
    subscriberNodes: async () => {
      const { nodes } = nodesSchema.parse(await call("GET", "/"));
      return nodes
        .filter(({ role }) => role === "subscriber")
        .map(({ name, mqttPort }) => ({ node: name, url: `mqtt://127.0.0.1:${mqttPort}` }));
    },
    actOnNode: async (node, action) => void (await call("POST", `/nodes/${encodeURIComponent(node)}/${action}`)),
    splitNet: async (groups) => void (await call("POST", "/netsplit", { groups })),
    healNet: async () => void (await call("DELETE", "/netsplit")),
    setHookFaults: async (faults) =>
      void (Object.keys(faults).length > 0
        ? await call("PUT", "/hooks/faults", faults)
        : await call("DELETE", "/hooks/faults")),
    putHookFault: async (fault) => void (await call("PUT", "/hooks/faults", fault)),
    registerHooks: async (node, registration) =>
      void (await call("PUT", `/nodes/${encodeURIComponent(node)}/webhooks`, registration)),
    setReceiver: async (reachable) => void (await call("PUT", "/hooks/receiver", { reachable })),
    allowRegisterDuringNetsplit: async (register) => void (await call("PUT", "/netsplit/allow", { register })),
    setExpiration: async (seconds) => void (await call("PUT", "/sessions/expiration", { seconds })),
  };
}
