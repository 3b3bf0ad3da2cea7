/** Seconds between two samples of a node. */
export const SAMPLE_SECONDS = 5;
/** A sample older than this is history, not the present. Three missed samples. */
export const STALE_SECONDS = 15;
