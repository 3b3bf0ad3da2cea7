import type { Random } from "./random";

/**
 * How long to wait before try number `attempt` (1 is the first try after a failure): anything from 0 to a ceiling that doubles with
 * each failure. The whole range is random ("full jitter"), so that phones which lost a broker together do not come back together.
 */
export function backOffMs(options: { attempt: number; baseMs: number; ceilingMs: number; random: Random }): number {
  // 2 ** 30 is beyond any ceiling in use; larger exponents would only reach Infinity.
  const doubled = options.baseMs * 2 ** Math.min(options.attempt - 1, 30);
  return Math.floor(options.random() * Math.min(options.ceilingMs, doubled));
}
