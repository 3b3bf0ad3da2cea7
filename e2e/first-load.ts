import type { Page } from "@playwright/test";

/** Bytes of JavaScript, as sent, that the page asked for before its load event: what comes later is on top of the first sight. */
export const firstLoadBytes = (page: Page): Promise<number> =>
  page.evaluate<number>(`(() => {
    const [{ loadEventStart }] = performance.getEntriesByType("navigation");
    return performance.getEntriesByType("resource")
      .filter(({ name, startTime }) => new URL(name).pathname.endsWith(".js") && startTime < loadEventStart)
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  })()`);
