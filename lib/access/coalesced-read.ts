/**
 * Lets one run at a time of what reads something into memory: a call while one is under way leads to one more behind it, which has seen
 * whatever led to the call. The promise settles when nothing is left to read; `read` must not reject.
 */
export function coalescedRead(read: () => Promise<void>): () => Promise<void> {
  let reading: Promise<void> | null = null;
  let isAskedAgain = false;
  const run = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      await read();
    } while (isAskedAgain);
    reading = null;
  };
  return () => {
    isAskedAgain = reading !== null;
    reading ??= run();
    return reading;
  };
}
