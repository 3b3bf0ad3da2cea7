import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "./operator-test";
import { deviceToken } from "./stack";
import { needsThirdPartyClients, pythonPhone } from "./third-party";

needsThirdPartyClients();

const SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwLTEifQ.c2VjcmV0c2VjcmV0";

/** A log of 60 calls, every tenth of them failed, with a token and an e-mail address where apps leave them. */
function makeLog(): string {
  const start = Date.now() - 3_600_000;
  const lines = Array.from({ length: 60 }, (_, index) =>
    JSON.stringify({
      t: new Date(start + index * 30_000).toISOString(),
      method: index % 3 === 0 ? "POST" : "GET",
      url: `https://api.sehat.example/v1/orders/CONTOH-${1000 + index}?token=${SECRET}&email=siti@contoh.example`,
      status: index % 10 === 9 ? 503 : 200,
      ms: 80 + index,
      bytes: 512,
      attempt: 1,
      app: "12.4.1",
    }),
  );
  return `${[...lines, "<script>alert(1)</script> not a call"].join("\n")}\n`;
}

test("a log is asked for with a reason, uploaded by a phone nobody here wrote, and read as a table of calls", async ({
  page,
}) => {
  const folder = await mkdtemp(path.join(tmpdir(), "phone-log-"));
  const logFile = path.join(folder, "calls.ndjson");
  await writeFile(logFile, makeLog());
  const clientId = `paho-${randomUUID().slice(0, 8)}`;
  const phone = pythonPhone({ clientId, token: await deviceToken({ person: `p-${clientId}`, name: "Joko" }), logFile });
  try {
    await page.goto(`/presence/${clientId}`);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole("heading", { level: 1 })).toContainText("is online", { timeout: 1_000 });
    }).toPass();
    await page.getByRole("link", { name: "Request logs" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByLabel("Client id")).toHaveValue(clientId);
    await dialog.getByRole("button", { name: "Request log" }).click();
    await expect(dialog.getByText("Say why")).toBeVisible();
    await dialog.getByLabel("Reason").fill("The order page freezes");
    await dialog.getByRole("button", { name: "Request log" }).click();

    // Live, without reload: asked, sent, uploaded, checked, ready.
    await page.waitForURL(/\/diagnostics\/[0-9a-f-]{36}/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("60 calls, 6 failed", { timeout: 30_000 });

    const table = page.getByRole("table", { name: "Lines of the log" });
    await expect(table).toContainText("/v1/orders/CONTOH-1000");
    await page.getByRole("button", { name: /^5xx/ }).click();
    await expect(table.getByRole("row")).toHaveCount(7);
    await expect(table).not.toContainText("200");
    const content = await page.content();
    expect(content).not.toContain(SECRET);
    expect(content).not.toContain("siti@contoh.example");
  } finally {
    phone.process.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
});

test("a request for a phone that is away waits and says why, and can be cancelled", async ({ page }) => {
  const clientId = `away-${randomUUID().slice(0, 8)}`;
  const phone = pythonPhone({ clientId, token: await deviceToken({ person: `p-${clientId}` }), logFile: "none" });
  await page.goto(`/presence/${clientId}`);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("is online", { timeout: 1_000 });
  }).toPass();
  phone.process.kill("SIGKILL");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("offline");
  await page.goto(`/diagnostics?new=true&clientId=${clientId}`);
  await page.getByRole("dialog").getByLabel("Reason").fill("Freezes");
  await page.getByRole("dialog").getByRole("button", { name: "Request log" }).click();
  await expect(page.getByText("Waits for the phone.").first()).toBeVisible();
  await page.getByRole("button", { name: "Cancel request" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel request" }).click();
  await expect(page.getByText("Cancelled").first()).toBeVisible();
});

test.describe("support", () => {
  test.use({ role: "support" });
  test("may ask for a log but not read it", async ({ page }) => {
    const board = await (await page.request.get("/api/diagnostics")).text();
    const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(board)?.[0];
    expect(id).toBeDefined();
    const response = await page.request.get(`/api/diagnostics/${id}/log`);
    expect(response.status()).toBe(403);
  });
});
