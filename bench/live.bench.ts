import { cpus, totalmem } from "node:os";
import type { Browser, Page } from "@playwright/test";
import { openDatabase } from "@/lib/db/database";
import { makeBenchFleet } from "./live-fleet";
import type { Bench, Measurement } from "./bench";
import { launchBrowser, startConsole, type BenchConsole } from "./console";
import { percentile } from "./percentile";

const BACKGROUND_PER_SECOND = 2_000;
const TARGET_MS = 1_000;
const TURNS = 60;
const PAUSE_MS = 250;
const LIMIT_MS = 5_000;

/**
 * From the broker's hook to the pixel: a hook is posted to a real gateway, and a real browser's presence page says when the
 * row's word has changed and been drawn. Once alone, once while other clients change.
 */
export const bench: Bench = {
  claim: `a row of the presence page changes within ${TARGET_MS} ms of the broker's hook at p95, while ${BACKGROUND_PER_SECOND} other clients change a second`,
  run: async () => {
    console.log(`  ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`);
    const fleet = await makeBenchFleet();
    let served: BenchConsole | null = null;
    const browser = await launchBrowser();
    try {
      served = await startConsole(fleet.databaseUrl);
      const page = await openSearch(browser, served, fleet.watched);
      await turns(page, fleet, 5);
      const alone = await turns(page, fleet, TURNS);
      const background = fleet.changeOthers(BACKGROUND_PER_SECOND);
      await turns(page, fleet, 5);
      const busy = await turns(page, fleet, TURNS);
      othersPerSecond = Math.round(await background.stop());
      console.log(`  ${othersPerSecond} other clients changed a second, by their hooks`);
      await sayAudit(fleet.databaseUrl);
      latest = { alone, busy };
      for (const [name, times] of Object.entries(latest))
        console.log(
          `  ${name.padEnd(8)} p50 ${percentile(times, 0.5).toFixed(0)} ms, p95 ${percentile(times, 0.95).toFixed(0)} ms, of ${times.length}`,
        );
      return Object.entries(latest).map(([name, times]): Measurement => ({
        name,
        perSecond: 1_000 / percentile(times, 0.5),
      }));
    } finally {
      await browser.close();
      await served?.stop();
      await fleet.close();
    }
  },
  result: () => ({
    bench: "live",
    value: Math.round(percentile(latest.busy, 0.95)),
    unit: "ms p95 from hook to pixel",
    ratio: Number((percentile(latest.busy, 0.95) / percentile(latest.alone, 0.95)).toFixed(2)),
    ratioTo: "p95 without the others",
    p50Ms: Math.round(percentile(latest.busy, 0.5)),
    othersPerSecond,
    target: TARGET_MS,
    pass: percentile(latest.busy, 0.95) < TARGET_MS,
  }),
};

let othersPerSecond = 0;
let latest: { alone: number[]; busy: number[] } = { alone: [], busy: [] };

async function openSearch(browser: Browser, served: BenchConsole, clientId: string): Promise<Page> {
  const page = await served.openPage(browser);
  await page.goto(`${served.url}/presence`);
  await page.getByRole("searchbox").fill(clientId);
  await page.getByRole("row").filter({ hasText: clientId }).waitFor();
  return page;
}

/** Connects and ends in turns; gives for each how long it took from the hook's sending until the new word was drawn. */
async function turns(page: Page, fleet: Awaited<ReturnType<typeof makeBenchFleet>>, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const word = fleet.isOnline() ? "Offline" : "Online";
    // As text, as it runs in the page: this file has no DOM. The second frame begins after the first was drawn.
    const drawn = page.evaluate<number>(`new Promise((resolve) => {
      const row = () => [...document.querySelectorAll("tbody tr")].find((one) => one.textContent.includes(${JSON.stringify(fleet.watched)}));
      const look = () => row()?.textContent.includes(${JSON.stringify(word)})
        ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now())))
        : requestAnimationFrame(look);
      look();
      setTimeout(() => resolve(NaN), ${LIMIT_MS});
    })`);
    await page.waitForTimeout(PAUSE_MS);
    const sentAt = Date.now();
    await fleet.toggle();
    const drawnAt = await drawn;
    times.push(Number.isNaN(drawnAt) ? LIMIT_MS : drawnAt - sentAt);
  }
  return times;
}

/** A page left open writes no audit row for what comes live. */
async function sayAudit(url: string): Promise<void> {
  const db = openDatabase({ url, connections: 1, applicationName: "bench-audit" });
  const { rows } = await db.pool.query<{ n: number }>(
    "select count(*)::int as n from audit_events where action = 'presence.searchClients'",
  );
  await db.close();
  console.log(`  ${rows[0]?.n ?? 0} searches are on record for it`);
}
