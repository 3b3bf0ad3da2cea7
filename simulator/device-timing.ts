export interface DeviceTiming {
  /** Contract 1 allows 60 at most; below the usual idle timeout of mobile networks and balancers (60 s). */
  keepAliveSeconds: number;
  connackTimeoutMs: number;
  retryBaseMs: number;
  retryCeilingMs: number;
  /**
   * A connection that lived this long counts as good. Shorter ones keep the back-off growing, so two phones that fight over one client
   * identifier do not fight at full speed.
   */
  settledMs: number;
}

/** What an app in the field uses. */
export const DEVICE_TIMING: DeviceTiming = {
  keepAliveSeconds: 45,
  connackTimeoutMs: 15_000,
  retryBaseMs: 1_000,
  retryCeilingMs: 60_000,
  settledMs: 30_000,
};

/**
 * The same for a phone whose day runs `speed` times as fast. Keep-alive is whole seconds and at least 2; how long an answer may take
 * is the machine's matter and stays.
 */
export const timingAt = (speed: number): DeviceTiming => ({
  keepAliveSeconds: Math.max(2, Math.ceil(DEVICE_TIMING.keepAliveSeconds / speed)),
  connackTimeoutMs: DEVICE_TIMING.connackTimeoutMs,
  retryBaseMs: Math.max(50, DEVICE_TIMING.retryBaseMs / speed),
  retryCeilingMs: Math.max(1_000, DEVICE_TIMING.retryCeilingMs / speed),
  settledMs: DEVICE_TIMING.settledMs / speed,
});
