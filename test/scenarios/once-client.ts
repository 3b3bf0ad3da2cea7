import mqtt, { type IClientOptions } from "mqtt";
import type { TruthRecorder } from "@/simulator/truth-recorder";

/** One connection that never comes back by itself. */
export interface OnceClient {
  /** CONNACK's return code; -1 when the connection was closed without one. */
  returnCode: number;
  /** Resolves when it is over, whoever ended it. */
  ended: Promise<void>;
  /** Says DISCONNECT. */
  end: () => Promise<void>;
}

const CONNACK_LIMIT_MS = 20_000;

/** Connects once and records it: for what no phone of the contract does. */
export function connectOnce(options: {
  url: string;
  node: string;
  clientId: string;
  connect: Pick<IClientOptions, "username" | "password" | "clean" | "will" | "keepalive">;
  truth: TruthRecorder;
}): Promise<OnceClient> {
  const { url, node, clientId, connect, truth } = options;
  const attemptedAtMs = Date.now();
  const client = mqtt.connect(url, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: CONNACK_LIMIT_MS,
    clientId,
    ...connect,
  });
  return new Promise((resolve) => {
    let returnCode = -1;
    let recorded: ReturnType<TruthRecorder["begin"]> | null = null;
    const ended = new Promise<void>((over) => {
      client.once("close", () => {
        recorded?.end("lost");
        over();
        answer();
      });
    });
    const end = async (): Promise<void> => {
      recorded?.end("disconnect");
      await client.endAsync();
    };
    const answer = (): void => resolve({ returnCode, ended, end });
    client.once("connect", () => {
      returnCode = 0;
      recorded = truth.begin({ clientId, node, cleanSession: connect.clean ?? true, attemptedAtMs });
      answer();
    });
    client.on("error", (error) => {
      if ("code" in error && typeof error.code === "number") returnCode = error.code;
    });
  });
}
