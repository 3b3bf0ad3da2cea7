import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import S3rver from "@20minutes/s3rver";
import type { Browser, Page } from "@playwright/test";
import { openDatabase } from "@/lib/db/database";
import { ingestLog } from "@/lib/diagnostics/ingest-log";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { openObjectStore } from "@/lib/storage/object-store";
import { freePort } from "@/stack/free-port";
import { testContext } from "@/test/factories";
import { receiveLog } from "@/test/receive-log";
import { launchBrowser, startConsole, type BenchConsole } from "../console";
import { openThrowAwayDatabase } from "../throw-away-database";

const ROUNDS = 5;
const LIMIT_MS = 10_000;
// How long the page waits for another letter (log-view.tsx).
const TYPING_MS = 200;

/** Chips, a method and a text, each over the whole log; what a page has asked once it remembers. */
const CHIPS = ["Around failures", "Failures", "2xx", "4xx", "no answer"];
const METHODS = ["GET", "POST"];
const TEXTS = ["orders/ABC-7", "page=12", "timeout"];

/** What an engineer waits for in a browser, from a filter's click or last letter until its rows are drawn. */
export interface OnScreen {
  filterMs: number[];
  /** JavaScript heap of the page at the end, after all of it. */
  heapBytes: number;
}

/** Opens an upload as a log in a real browser, before the real console, and filters it; each round in a page that has asked nothing yet. */
export async function measureScreen(upload: string): Promise<OnScreen> {
  // the original of a log is kept sealed
  process.env.SEALING_KEY ??= randomBytes(32).toString("base64");
  const database = await openThrowAwayDatabase();
  const log = createLog("bench", "silent");
  const port = await freePort();
  const directory = path.join(database.folder, "objects");
  await mkdir(directory);
  const buckets = [{ name: "logs", configs: [] }];
  const server = new S3rver({ address: "127.0.0.1", port, directory, silent: true, configureBuckets: buckets });
  await server.run();
  const env = {
    S3_ENDPOINT: `http://127.0.0.1:${port}`,
    S3_REGION: "us-east-1",
    S3_BUCKET: "logs",
    // the pair of keys the server is made with
    S3_ACCESS_KEY_ID: "S3RVER",
    S3_SECRET_ACCESS_KEY: "S3RVER",
  };
  let browser: Browser | null = null;
  let served: BenchConsole | null = null;
  try {
    await migrateQueue({ url: database.url, log });
    const store = openObjectStore(env);
    const db = openDatabase({ url: database.url, connections: 2, applicationName: "bench-logs" });
    const { logRequestId } = await receiveLog(testContext(db), { store, file: upload });
    const keep = { logDays: 1, originalDays: 1 };
    await ingestLog(testContext(db, { process: "worker" }), { store, logRequestId, isLastAttempt: false, keep });
    await db.close();
    served = await startConsole(database.url, { role: "engineer", store: env });
    browser = await launchBrowser();
    return await filterInRounds(await served.openPage(browser), `${served.url}/diagnostics/${logRequestId}`);
  } finally {
    await browser?.close();
    await served?.stop();
    await server.close();
    await database.close();
  }
}

async function filterInRounds(page: Page, url: string): Promise<OnScreen> {
  const filterMs: number[] = [];
  // The first round warms the console up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    await page.goto(url);
    await page.locator("table[aria-rowcount] tbody td").first().waitFor();
    const took = await filterOnce(page);
    if (round > 0) filterMs.push(...took);
  }
  const client = await page.context().newCDPSession(page);
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  return { filterMs, heapBytes: usedSize };
}

async function filterOnce(page: Page): Promise<number[]> {
  const took: number[] = [];
  const all = page.getByRole("button", { name: /^All/ });
  for (const name of CHIPS) {
    const chip = page.getByRole("button", { name: new RegExp(`^${name}`) });
    took.push(await untilDrawn(page, () => chip.click()));
    await untilDrawn(page, () => all.click());
  }
  const method = page.getByLabel("Method");
  for (const name of METHODS) took.push(await untilDrawn(page, () => method.selectOption(name).then(() => undefined)));
  await untilDrawn(page, () => method.selectOption("any").then(() => undefined));
  const text = page.getByLabel("Find in the log");
  for (const typed of TEXTS) took.push((await untilDrawn(page, () => text.fill(typed))) - TYPING_MS);
  return took;
}

/** From the event in the page until the number of rows is another and those in view are drawn. */
async function untilDrawn(page: Page, act: () => Promise<void>): Promise<number> {
  // As text, as it runs in the page: this file has no DOM. The second frame begins after the first was drawn.
  const drawn = page.evaluate<number>(`new Promise((resolve) => {
    const table = () => document.querySelector("table[aria-rowcount]");
    const before = table()?.getAttribute("aria-rowcount");
    let from = 0;
    const begin = () => { from ||= performance.now(); };
    for (const name of ["click", "input", "change"]) addEventListener(name, begin, { capture: true, once: true });
    const isDrawn = () => from > 0 && table()?.getAttribute("aria-rowcount") !== before && !table()?.querySelector('td[aria-label="Still coming"]') && table()?.querySelector("tbody td");
    const look = () => isDrawn() ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - from))) : requestAnimationFrame(look);
    look();
    setTimeout(() => resolve(NaN), ${LIMIT_MS});
  })`);
  await act();
  const tookMs = await drawn;
  if (Number.isNaN(tookMs)) throw new Error(`A filter was not drawn within ${LIMIT_MS / 1_000} s`);
  return tookMs;
}
