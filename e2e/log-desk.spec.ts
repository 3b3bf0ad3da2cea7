import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { APIRequestContext, Page } from "@playwright/test";
import type { Role } from "@/lib/rbac/permissions";
import { expect, sessionOf, test as base } from "./operator-test";
import { addresses, deviceToken } from "./stack";
import { needsThirdPartyClients, pythonPhone } from "./third-party";

/** What is done with a log once it is here, by clicks: folds, links, originals, comparisons, downloads. */

needsThirdPartyClients();

const SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwLTEifQ.c2VjcmV0c2VjcmV0";
const START_MS = Date.now() - 3_600_000;

const lineOf = (second: number, over: object): string =>
  JSON.stringify({
    t: new Date(START_MS + second * 1_000).toISOString(),
    method: "GET",
    url: "https://api.sehat.example/v1/me",
    status: 200,
    ms: 80,
    bytes: 512,
    attempt: 1,
    app: "77.1.0",
    ...over,
  });

/** Five calls, then twelve refused and a refresh that fails, then an order with a token in its address. */
const troubled = (): string[] => [
  ...Array.from({ length: 5 }, (_, index) => lineOf(index, {})),
  ...Array.from({ length: 12 }, (_, index) =>
    lineOf(40 + index * 3, { url: "https://api.sehat.example/v1/orders", status: 401, attempt: index + 1 }),
  ),
  lineOf(76, { method: "POST", url: "https://api.sehat.example/v1/auth/refresh", status: 400 }),
  lineOf(80, { url: `https://api.sehat.example/v1/orders/CONTOH-1?token=${SECRET}` }),
];

const healthy = (): string[] =>
  Array.from({ length: 40 }, (_, index) =>
    lineOf(index, index % 2 ? {} : { url: "https://api.sehat.example/v1/orders" }),
  );

const headers = { origin: addresses.console };

/** Asks a phone by Paho for its log and waits until that can be read. */
async function readyLog(request: APIRequestContext, lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "phone-log-"));
  const logFile = path.join(folder, "calls.ndjson");
  await writeFile(logFile, `${lines.join("\n")}\n`);
  const clientId = `desk-${randomUUID().slice(0, 8)}`;
  const phone = pythonPhone({ clientId, token: await deviceToken({ person: `p-${clientId}` }), logFile });
  try {
    let id = "";
    await expect(async () => {
      const data = { clientId, reason: "Orders do not load" };
      const response = await request.post("/api/diagnostics", { headers, data });
      expect(response.ok()).toBe(true);
      ({ logRequestId: id } = (await response.json()) as { logRequestId: string });
    }).toPass({ timeout: 15_000 });
    const stateOf = async (): Promise<unknown> =>
      ((await (await request.get(`/api/diagnostics/${id}`)).json()) as { state: unknown }).state;
    await expect.poll(stateOf, { timeout: 30_000 }).toBe("ready");
    return id;
  } finally {
    phone.process.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

/** A log's file and links. These are read by the browser alone: once they are there, the panels can be used. */
const openFile = (page: Page, id: string) =>
  Promise.all([page.waitForResponse(/\/log\/shares$/), page.goto(`/diagnostics/${id}?tab=file`)]);

const test = base.extend<{ openAs: (role: Role) => Promise<Page> }, { logs: { troubled: string; healthy: string } }>({
  openAs: async ({ browser }, provide) => {
    const opened: Page[] = [];
    await provide(async (role) => {
      const context = await browser.newContext({
        baseURL: addresses.console,
        storageState: await sessionOf(role, browser),
      });
      opened.push(await context.newPage());
      return opened.at(-1) ?? context.newPage();
    });
    for (const page of opened) await page.context().close();
  },
  logs: [
    async ({ browser }, provide) => {
      const context = await browser.newContext({
        baseURL: addresses.console,
        storageState: await sessionOf("engineer", browser),
      });
      const { request } = context;
      await provide({ troubled: await readyLog(request, troubled()), healthy: await readyLog(request, healthy()) });
      await context.close();
    },
    { scope: "worker" },
  ],
});

test("a loop is one row, told as the summary tells it, opened by click, by keys and by a link to one of its lines", async ({
  page,
  logs,
}) => {
  await page.goto(`/diagnostics/${logs.troubled}`);
  const words = /12 × GET \/v1\/orders 401, over 36\ss, refresh answered 400/;
  await expect(page.getByRole("region", { name: "What stands out" })).toContainText(words);
  const table = page.getByRole("table", { name: "Lines of the log" });
  const head = table.getByRole("button", { name: words });
  await expect(head).toHaveAttribute("aria-expanded", "false");
  await expect(table.getByRole("row")).toHaveCount(1 + 5 + 1 + 1);
  await expect(table).toContainText("13 lines");
  await head.click();
  await expect(table.getByRole("row")).toHaveCount(1 + 5 + 1 + 13 + 1);
  await head.click();
  await expect(table.getByRole("row")).toHaveCount(1 + 5 + 1 + 1);

  await page.keyboard.press("e");
  await expect(page.getByText("failure 1 of 13")).toBeVisible();
  await expect(head).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("k");
  await expect(head).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(head).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("j");
  await expect(page.getByRole("complementary")).toContainText("CONTOH-1");

  await page.goto(`/diagnostics/${logs.troubled}?line=10`);
  await expect(head).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByText("line 10", { exact: false }).first()).toBeVisible();

  await page.goto(`/diagnostics/${logs.troubled}?method=GET`);
  await expect(table).toContainText("12 of its 13 lines");
});

test("a link is made, opened by another operator, counted, and opens no more once it is revoked", async ({
  page,
  logs,
  openAs,
}) => {
  await openFile(page, logs.troubled);
  await page.getByLabel("First line").fill("6");
  await page.getByLabel("Last line").fill("18");
  await page.getByRole("button", { name: "Make link" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "lines 6 to 18" });
  await expect(row).toContainText("not opened");
  const link = /\/diagnostics\/shared\/[0-9a-f-]{36}/.exec((await row.textContent()) ?? "")?.[0] ?? "";

  const other = await openAs("oncall");
  await other.goto(link);
  await expect(other.getByRole("heading", { level: 1 })).toContainText("shared lines 6 to 18");
  await expect(other.getByText("/v1/orders", { exact: false })).toHaveCount(12);
  await expect(other.getByText("CONTOH-1")).toHaveCount(0);
  await page.reload();
  await expect(row).toContainText("opened once");

  await row.getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("revoked");
  await other.reload();
  await expect(other.getByText("This link has expired or was revoked", { exact: false })).toBeVisible();
});

test("an original is given with a reason to those who may, refused to others, and recorded", async ({
  page,
  logs,
  openAs,
}) => {
  await openFile(page, logs.troubled);
  await page.getByRole("button", { name: "Open original" }).click();
  const dialog = page.getByRole("dialog");
  const give = dialog.getByRole("button", { name: "Open original" });
  await expect(give).toBeDisabled();
  const reason = `Compare a token ${randomUUID().slice(0, 8)}`;
  await dialog.getByLabel("Reason").fill(reason);
  const [download] = await Promise.all([page.waitForEvent("download"), give.click()]);
  // As it came: the phone sends its log compressed.
  expect(gunzipSync(await readFile(await download.path())).toString()).toBe(`${troubled().join("\n")}\n`);

  const other = await openAs("oncall");
  await other.goto(`/diagnostics/${logs.troubled}?tab=file`);
  await expect(other.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(other.getByRole("button", { name: "Open original" })).toHaveCount(0);
  const refused = await other.request.post(`/api/diagnostics/${logs.troubled}/log/original`, {
    headers,
    data: { reason },
  });
  expect(refused.status()).toBe(403);

  const auditor = await openAs("auditor");
  await auditor.goto("/audit");
  await expect(auditor.getByText("Read a log's original, not redacted").first()).toBeVisible();
});

test("a log is compared with another by its address, and with the median of its app's version", async ({
  page,
  logs,
}) => {
  await page.goto(`/diagnostics/${logs.troubled}?tab=compare`);
  await expect(page.getByText("Median of", { exact: false })).toContainText("of app 77.1.0");
  await expect(page.getByText("This phone: 100 % failures on GET /v1/orders, others 0 %.")).toBeVisible();
  await page.getByLabel("Address or id of another log").fill(`${addresses.console}/diagnostics/${logs.healthy}`);
  await page.getByRole("button", { name: "Compare", exact: true }).last().click();
  await expect(page.getByText("GET /v1/orders: 100 % failed in this log, 0 % in that one.")).toBeVisible();
  await page.getByRole("button", { name: "Back to the fleet" }).click();
  await expect(page.getByText("Median of", { exact: false })).toBeVisible();
});

for (const [format, label] of [
  ["ndjson", "Download as NDJSON"],
  ["csv", "Download as CSV"],
  ["har", "Download as HAR"],
] as const)
  test(`a log is downloaded as ${format}, whole and without its secret`, async ({ page, logs }) => {
    await page.goto(`/diagnostics/${logs.troubled}`);
    await page.getByRole("button", { name: "Redacted log" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: label }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`log-${logs.troubled}.${format}`);
    const text = await readFile(await download.path(), "utf8");
    expect(callsIn(format, text)).toHaveLength(19);
    expect(text).not.toContain(SECRET);
    expect(text).toContain("CONTOH-1");
  });

function callsIn(format: "ndjson" | "csv" | "har", text: string): unknown[] {
  if (format === "har") return (JSON.parse(text) as { log: { entries: unknown[] } }).log.entries;
  const lines = text.trimEnd().split("\n");
  return format === "csv" ? lines.slice(1) : lines.map((line) => JSON.parse(line) as unknown);
}
