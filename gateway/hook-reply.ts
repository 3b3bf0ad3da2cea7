import type { HookAnswer } from "@/lib/broker/vernemq-webhook";

/** An answer and, where the broker may remember it, for how long. */
export interface HookReply {
  answer: HookAnswer;
  cacheSeconds?: number;
  /** Taken over to the metrics; `denied` is an answer, not a failure. */
  denied?: boolean;
}

export interface HookNode {
  name: string;
  role: "subscriber" | "publisher";
}

/** One hook on one node. Throws a ZodError for a body that is not the broker's. */
export type HookHandler = (node: HookNode, body: unknown) => Promise<HookReply>;
