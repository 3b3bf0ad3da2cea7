/** A bell for one waiter that remembers one ring, so that nothing told between two waits is missed. */
export interface Bell {
  ring: () => void;
  /** Returns at the next ring, at once when it rang since the last wait, and after `timeoutMs` at the latest. */
  wait: (timeoutMs: number) => Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake = (): void => undefined;
  return {
    ring: () => {
      rung = true;
      wake();
    },
    wait: async (timeoutMs) => {
      if (!rung) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = setTimeout(resolve, timeoutMs);
        });
        clearTimeout(timer);
      }
      rung = false;
    },
  };
}
