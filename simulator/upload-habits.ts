import { putBytes, type PutBytes } from "./put-bytes";
import type { Random } from "./random";

/** How a phone takes requests for its log: what the agent is not to blame for. */
export const UPLOAD_HABITS = ["usual", "declines", "slow", "broken", "repeats"] as const;
export type UploadHabit = (typeof UPLOAD_HABITS)[number];

// About half a minute for a day's log, compressed: long enough to be seen on its way.
const SLOW_BYTES_PER_SECOND = 1_000;
const SLOWEST_SECONDS = 3 * 60;
// Of tries to upload, this many break off; a phone tries five times, so about one log in three never arrives.
const BROKEN_SHARE = 0.8;
const BREAK_AFTER_MS = 200;

/** The way this phone's network sends a log. */
export function putBytesWith(habit: UploadHabit, random: Random): PutBytes {
  switch (habit) {
    case "slow":
      return (options) => {
        const notTooSlow = Math.ceil(options.body.length / SLOWEST_SECONDS);
        return putBytes({ ...options, bytesPerSecond: Math.max(SLOW_BYTES_PER_SECOND, notTooSlow) });
      };
    case "broken":
      return (options) => {
        if (random() >= BROKEN_SHARE) return putBytes(options);
        // Half of the promised bytes, then the socket is gone.
        const breaking = AbortSignal.any([options.signal, AbortSignal.timeout(BREAK_AFTER_MS)]);
        const half = options.body.subarray(0, options.body.length >> 1);
        return putBytes({ ...options, body: half, bytes: options.body.length, signal: breaking });
      };
    case "usual":
    case "declines":
    case "repeats":
      return putBytes;
  }
}
