import { randomUUID } from "node:crypto";
import pg from "pg";
import { expect, test } from "./operator-test";
import { confirmSend, openWaiting, signInAsSecond, writeToMany } from "./send-to-many";
import { databaseUrl } from "./stack";

test("a send that a second engineer declines reaches nobody, both are told, and it is sent again from the form", async ({
  page,
  browser,
}) => {
  const word = randomUUID();
  await writeToMany(page, word);
  const clients = await confirmSend(page);
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toContainText("once a second engineer approves");

  const second = await signInAsSecond(browser);
  await openWaiting(second);
  await second.getByRole("button", { name: "Decline" }).click();
  await expect(second.getByRole("heading", { level: 1 })).toContainText("Endah Engineer declined it. Nobody got it.");
  await second.close();
  // told by the live stream, without a reload
  await expect(heading).toContainText("Endah Engineer declined it. Nobody got it.");

  await page.goto(page.url());
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("textbox", { name: /^payload/i })).toHaveValue(new RegExp(word));
  await expect(page.getByLabel("Who would get it")).toContainText(/clients, each to its inbox/);
  expect(await confirmSend(page)).toBe(clients);
  await page.getByRole("button", { name: "Cancel the send" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the send" }).click();
  await expect(heading).toContainText("Cancelled after");
});

test("a send that nobody approves in time lapses before the eyes of both engineers", async ({ page, browser }) => {
  await writeToMany(page, randomUUID());
  await confirmSend(page);
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toContainText("once a second engineer approves");
  const second = await signInAsSecond(browser);
  await openWaiting(second);
  const theirs = second.getByRole("heading", { level: 1 });
  await expect(theirs).toContainText("asks to publish this");

  await endItsTime(new URL(page.url()).searchParams.get("send") ?? "");
  for (const one of [heading, theirs]) await expect(one).toContainText("Nobody approved it in time, so nobody got it.");
  await expect(second.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await second.close();
  await expect(page.getByRole("button", { name: "Send again" })).toBeVisible();
});

/** As if the hours it waits were over. */
async function endItsTime(sendId: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await client.query("update sends set approve_by = now() where id = $1", [sendId]);
  await client.end();
}
