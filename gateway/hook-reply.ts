import type { HookAnswer } from "@/lib/broker/vernemq-webhook";

/** An answer and, where the broker may remember it, for how long. */
export interface HookReply {
  answer: HookAnswer;
  cacheSeconds?: number;
  /** Why it is a no; taken over to the metrics, as a denial is an answer, not a failure. */
  denied?: string;
}

export interface HookNode {
  name: string;
  role: "subscriber" | "publisher";
}

/** One hook on one node: at once where memory knows the answer. Throws or rejects with a ZodError for a body that is not the broker's. */
export type HookHandler = (node: HookNode, body: unknown) => HookReply | Promise<HookReply>;
