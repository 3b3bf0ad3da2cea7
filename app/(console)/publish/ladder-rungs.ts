import type { MessageDetail } from "@/lib/publish/schemas";

/** The steps of a publish, in order; received and released are QoS 2's alone. Routed and delivered this broker does not tell. */
export const RUNGS = [
  "accepted",
  "sent",
  "received",
  "released",
  "acknowledged",
  "routed",
  "delivered",
  "answered",
] as const;
export type RungName = (typeof RUNGS)[number];

/**
 * How far one step is proven; instants in ms since the message was accepted. `unseen`: a later step proves it, but its packet was not
 * seen; `implied`: the app's answer proves it, without a time; `not_asked`: nothing in the message could be answered to; `nobody`: the broker said that nobody subscribes to it.
 */
export type Rung =
  | { name: RungName; status: "proven"; fromMs: number; atMs: number }
  | {
      name: RungName;
      status: "awaited" | "not_reached" | "not_observable" | "unseen" | "implied" | "not_asked" | "nobody";
    };

// [MQTT5 3.4.2.1] PUBACK 0x10, [MQTT5 3.5.2.1] PUBREC 0x10
const NO_MATCHING_SUBSCRIBERS = 0x10;

/** The ladder of a message: each step proven with its time, awaited, never to be reached, or not observable here. */
export function rungsOf(message: MessageDetail): Rung[] {
  const acceptedAt = Date.parse(message.acceptedAt);
  const rungs: Rung[] = [{ name: "accepted", status: "proven", fromMs: 0, atMs: 0 }];
  const missing = message.state === "accepted" ? "awaited" : "not_reached";
  let lastMs = 0;
  const climb = (name: RungName, at: string | null, otherwise: Exclude<Rung["status"], "proven">): void => {
    if (at === null) return void rungs.push({ name, status: otherwise });
    // Two clocks read by one process and one by the database: never drawn before what came before.
    const atMs = Math.max(lastMs, Date.parse(at) - acceptedAt);
    rungs.push({ name, status: "proven", fromMs: lastMs, atMs });
    lastMs = atMs;
  };
  climb("sent", message.sentAt, missing);
  if (message.qos === 2) {
    const between = message.acknowledgedAt === null ? missing : "unseen";
    climb("received", message.receivedAt, between);
    climb("released", message.releasedAt, between);
  }
  climb("acknowledged", message.acknowledgedAt, missing);
  const beyond = message.answer === null ? "not_observable" : "implied";
  // What an app answered to, it had, whatever the broker said.
  const isToNobody = message.reasonCode === NO_MATCHING_SUBSCRIBERS && beyond !== "implied";
  rungs.push(
    { name: "routed", status: isToNobody ? "nobody" : beyond },
    { name: "delivered", status: isToNobody ? "not_reached" : beyond },
  );
  const noAnswer = message.state === "failed" || message.state === "expired" ? "not_reached" : "awaited";
  climb("answered", message.answer?.at ?? null, message.commandId === null ? "not_asked" : noAnswer);
  return rungs;
}

/** When the last proven step was, in ms since the message was accepted. */
export const provenMs = (rungs: readonly Rung[]): number =>
  Math.max(0, ...rungs.map((rung) => (rung.status === "proven" ? rung.atMs : 0)));
