/** How long a session lasts without being renewed, and at most. */
export interface SessionLimits {
  idleSeconds: number;
  absoluteSeconds: number;
}

/** Whether a session is past one of its limits. */
export function isExpired(
  session: { startedAt: Date; renewedAt: Date },
  { limits, now }: { limits: SessionLimits; now: Date },
): boolean {
  const secondsSince = (at: Date): number => (now.getTime() - at.getTime()) / 1_000;
  return (
    secondsSince(session.renewedAt) > limits.idleSeconds || secondsSince(session.startedAt) > limits.absoluteSeconds
  );
}
