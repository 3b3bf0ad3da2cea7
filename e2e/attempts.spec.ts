import { randomUUID } from "node:crypto";
import type { APIRequestContext, Page } from "@playwright/test";
import type { Role } from "@/lib/rbac/permissions";
import { pageRules } from "@/scripts/permission-rules";
import { attempt, longAttempt, OBEYED } from "./attempts";
import { clearFields, fillAsOperators, fillAsService, type Filled } from "./hostile-fields";
import { hostilePhone, type HostilePhone, type LogAnswer } from "./hostile-phone";
import { expect, sessionOf, test } from "./operator-test";
import { watched } from "./watched-page";

/** Script attempts, stored in each field that a device, a patient's record, a log or an operator fills, or reflected from a URL: looked for in a browser. */

/** Where each field is shown: a page, the fields (attempts.ts marks each by its name), and what opens it further. A new one is a line. */
type Shown = [path: string, fields: string, open?: (page: Page) => Promise<void>];
const SHOWN: Record<"engineer" | "admin", Shown[]> = {
  engineer: [
    ["/presence", "person-name token-app"],
    ["/presence/{clientId}", "person-name token-model token-platform token-app subscribed-topic note"],
    ["/diagnostics", "declined-reason"],
    ["/diagnostics/{declines}", "declined-reason log-reason log-ticket"],
    ["/diagnostics/{lists}", "file-name"],
    ["/diagnostics/{sends}", "log-url log-raw"],
    ["/diagnostics/{sends}?line=1", "log-url log-note"],
    ["/diagnostics/{sends}?line=3", "log-error"],
    ["/diagnostics/{sends}?tab=endpoints", "log-url"],
    ["/diagnostics/{sends}?tab=waterfall", "log-url"],
    ["/diagnostics/{sends}?tab=story", "log-url"],
    ["/diagnostics/shared/{shared}", "log-url log-error log-raw"],
    [
      "/publish?message={message}",
      "message-topic message-payload",
      (page) => page.getByRole("button", { name: "Show" }).click(),
    ],
    ["/publish", "saved-name imported-name", (page) => page.getByRole("button", { name: /^All/ }).click()],
    [
      "/publish",
      "saved-type saved-property saved-value",
      async (page) => {
        await page.getByRole("button", { name: /^All/ }).click();
        await page
          .getByRole("menuitemcheckbox", { name: attempt("saved-name") })
          .first()
          .click();
      },
    ],
  ],
  admin: [
    ["/alerts?tab=acknowledged", "rule-name alert-note"],
    ["/alerts?tab=rules", "rule-name"],
    ["/alerts?tab=channels", "channel-name"],
    ["/alerts/{alert}", "rule-name rule-runbook alert-note"],
    ["/cluster", "mark-title"],
    ["/access", "network-reason key-name webhook-name role-topic"],
    ["/operators", "operator-name unmask-purpose unmask-ticket"],
    ["/audit?what=access", "network-reason"],
    ["/audit?what=operators", "unmask-purpose"],
  ],
};

// Every parameter that a page reads.
const PARAMETERS =
  "at message send clientId topic who what whom period state node platform version seen flapping session show range from to tab " +
  "compare by only wave waveFrom waveTo classes method host endpoint path status minMs maxMs around line clock with new error callbackUrl";

const phones: HostilePhone[] = [];
const requests: APIRequestContext[] = [];
let filled: Filled;

test.beforeAll(async ({ playwright, browser, baseURL }) => {
  const name = randomUUID().slice(0, 8);
  const phone = async (answer: LogAnswer): Promise<HostilePhone> => {
    const started = await hostilePhone(`hostile-${answer}-${name}`, answer);
    phones.push(started);
    return started;
  };
  const as = async (role: Role): Promise<APIRequestContext> => {
    const request = await playwright.request.newContext({ baseURL, storageState: await sessionOf(role, browser) });
    requests.push(request);
    return request;
  };
  const operators = { engineer: await as("engineer"), admin: await as("admin") };
  const connected = { sends: await phone("sends"), declines: await phone("declines"), lists: await phone("lists") };
  filled = await fillAsOperators(operators, connected);
  await fillAsService(operators.admin, connected.sends.personId);
});
test.afterAll(async () => {
  for (const phone of phones) await phone.close();
  for (const request of requests) await clearFields(request, filled);
});

for (const role of ["engineer", "admin"] as const)
  test.describe(role, () => {
    test.use({ role });
    for (const [path, fields, open] of SHOWN[role])
      test(`${path} shows ${fields} as text, and runs none of it`, async ({ page }) => {
        const told = await watched(page);
        await page.goto(path.replace(/\{(\w+)\}/, (_braces, word: keyof Filled) => filled[word]));
        await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
        await open?.(page);
        const shown = (): Promise<string> => page.locator("body").innerText();
        const missing = async (): Promise<string[]> => {
          const text = await shown();
          return fields.split(" ").filter((field) => !text.includes(attempt(field)));
        };
        await expect.poll(missing).toEqual([]);
        const text = await shown();
        const obeyed = [...text.matchAll(OBEYED)].map(({ index }) => text.slice(Math.max(0, index - 60), index));
        expect(obeyed, "what stands before characters that a page should name, not obey").toEqual([]);
        expect(await told()).toEqual([]);
      });
  });

test.describe("with every permission there is", () => {
  test.use({ role: "admin" });
  test("no parameter of a URL runs or leads away, on any page", async ({ page, baseURL }) => {
    // Some twenty pages.
    test.setTimeout(120_000);
    const told = await watched(page);
    const query = new URLSearchParams(
      PARAMETERS.split(" ").map((name): [string, string] => [name, longAttempt(name)]),
    ).toString();
    for (const [path] of pageRules()) {
      await page.goto(`${path.replaceAll(/\[\w+\]/g, encodeURIComponent(attempt("path")))}?${query}`);
      await expect(page.locator("main"), path).not.toBeEmpty();
      expect(new URL(page.url()).origin).toBe(baseURL);
    }
    expect(await told()).toEqual([]);
  });
});
