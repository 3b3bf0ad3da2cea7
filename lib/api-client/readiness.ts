// As often as a page that is open asks anew.
const PAUSE_MS = 3_000;

/** Asks the console whether its database answers: once, and while it is down every few seconds, until the signal. */
export async function watchDatabase({
  isDown,
  signal,
  onDown,
  onBack,
}: {
  isDown: boolean;
  signal: AbortSignal;
  onDown: () => void;
  onBack: () => void;
}): Promise<void> {
  for (;;) {
    const answer = await readDatabaseDown(signal).catch(() => null);
    if (signal.aborted) return;
    if (answer) onDown();
    else if (answer === false && isDown) onBack();
    if (!isDown) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function readDatabaseDown(signal: AbortSignal): Promise<boolean> {
  const response = await fetch("/api/readyz", { signal });
  const answer: unknown = await response.json();
  const waitsFor = isRecord(answer) ? answer.waitsFor : null;
  return isRecord(waitsFor) && typeof waitsFor.database === "string";
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
