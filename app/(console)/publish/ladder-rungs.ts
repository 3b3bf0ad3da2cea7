import type { MessageStatus } from "@/lib/publish/schemas";

/** The steps of a publish, in order. The last two are the broker's and the phone's, which this broker does not tell. */
export const RUNGS = ["accepted", "sent", "acknowledged", "routed", "delivered"] as const;
export type RungName = (typeof RUNGS)[number];

/** How far one step is proven; instants in ms since the message was accepted. */
export type Rung =
  | { name: RungName; status: "proven"; fromMs: number; atMs: number }
  | { name: RungName; status: "awaited" | "not_reached" | "not_observable" };

/** The ladder of a message: each step proven with its time, awaited, never to be reached, or not observable here. */
export function rungsOf(message: MessageStatus): Rung[] {
  const acceptedAt = Date.parse(message.acceptedAt);
  // two clocks read by one process and one by the database: never drawn before what came before
  const sentMs = message.sentAt === null ? null : Math.max(0, Date.parse(message.sentAt) - acceptedAt);
  const acknowledgedMs =
    message.acknowledgedAt === null || sentMs === null
      ? null
      : Math.max(sentMs, Date.parse(message.acknowledgedAt) - acceptedAt);
  const missing = message.state === "accepted" ? "awaited" : "not_reached";
  const step = (name: RungName, fromMs: number, atMs: number | null): Rung =>
    atMs === null ? { name, status: missing } : { name, status: "proven", fromMs, atMs };
  return [
    { name: "accepted", status: "proven", fromMs: 0, atMs: 0 },
    step("sent", 0, sentMs),
    step("acknowledged", sentMs ?? 0, acknowledgedMs),
    { name: "routed", status: "not_observable" },
    { name: "delivered", status: "not_observable" },
  ];
}

/** When the last proven step was, in ms since the message was accepted. */
export const provenMs = (rungs: readonly Rung[]): number =>
  Math.max(0, ...rungs.map((rung) => (rung.status === "proven" ? rung.atMs : 0)));
