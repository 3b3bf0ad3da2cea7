import type { Page } from "@playwright/test";

/** The global that an attempt sets when it runs. */
export const RAN = "ran";

/**
 * Watches a page from now on, over all its documents. What it gives tells what a page of ours never does: a dialog, an attempt that ran,
 * a violation of the content security policy. Call it before `goto`.
 */
export async function watched(page: Page): Promise<() => Promise<string[]>> {
  const seen: string[] = [];
  page.on("dialog", (dialog) => {
    seen.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.exposeFunction("tellOfPage", (what: string) => void seen.push(what));
  await page.addInitScript(`
    const tell = (what) => window.tellOfPage(location.pathname + ": " + what);
    document.addEventListener("securitypolicyviolation", (event) =>
      tell(event.effectiveDirective + " " + (event.blockedURI || "") + " " + (event.sourceFile || "") + " " + event.sample));
    Object.defineProperty(window, "${RAN}", { set: (how) => void tell("an attempt ran: " + how) });
  `);
  return async () => {
    // What was told before is there once this was answered.
    await page.evaluate("0");
    return seen;
  };
}
