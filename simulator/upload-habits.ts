import { pause } from "./pause";
import { putBytes, type PutBytes } from "./put-bytes";
import type { Random } from "./random";

/** How a phone takes requests for its log: what the agent is not to blame for. */
export const UPLOAD_HABITS = ["usual", "declines", "slow", "broken", "repeats"] as const;
export type UploadHabit = (typeof UPLOAD_HABITS)[number];

// Over half a minute for a log of usual size: long enough to be seen on its way.
const SLOW_BYTES_PER_SECOND = 1_000;
const SLOWEST_MS = 5 * 60_000;
// Of tries to upload, this many break off; a phone tries five times, so about one log in three never arrives.
const BROKEN_SHARE = 0.8;

/** The way this phone's network sends a log. */
export function putBytesWith(habit: UploadHabit, random: Random): PutBytes {
  switch (habit) {
    case "slow":
      return async (options) => {
        const totalMs = Math.min(SLOWEST_MS, (options.body.length / SLOW_BYTES_PER_SECOND) * 1_000);
        for (const quarter of [1, 2, 3]) {
          await pause(totalMs / 4, options.signal);
          options.onQuarter(Math.floor((options.body.length * quarter) / 4));
        }
        await pause(totalMs / 4, options.signal);
        return putBytes({ ...options, onQuarter: () => {} });
      };
    case "broken":
      return (options) => {
        if (random() >= BROKEN_SHARE) return putBytes(options);
        // Half of the promised bytes, then the socket is gone.
        const breaking = AbortSignal.any([options.signal, AbortSignal.timeout(200)]);
        const half = options.body.subarray(0, options.body.length >> 1);
        return putBytes({ ...options, body: half, bytes: options.body.length, signal: breaking });
      };
    case "usual":
    case "declines":
    case "repeats":
      return putBytes;
  }
}
