import { spawn, type ChildProcess } from "node:child_process";
import { expect, test } from "@playwright/test";
import { addresses, dataFolder, secrets, stackEnvironment } from "./stack";

// The example's own port, above the stack's.
const PORT = Number(new URL(addresses.publisher).port) + 400;
let pharmacy: ChildProcess;

test.beforeAll(async () => {
  pharmacy = spawn(process.execPath, ["--import", "tsx", "examples/pharmacy-orders/main.ts"], {
    env: {
      ...process.env,
      ...stackEnvironment(dataFolder()),
      PHARMACY_PORT: String(PORT),
      LIVECONNECT_API_KEY: secrets().practiceApiKey,
    },
    stdio: "ignore",
  });
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${PORT}/`).then(
          ({ status }) => status,
          () => null,
        ),
      { timeout: 20_000 },
    )
    .toBe(200);
});
test.afterAll(() => void pharmacy.kill("SIGKILL"));

test("a patient's page is told of their order at once, the polled one seconds later, and another's order is refused", async ({
  page,
}) => {
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.getByRole("button", { name: "Place an order" }).click();
  const stepOf = (region: string) => page.getByRole("region", { name: region }).locator("[aria-current=step]");
  const subscribed = stepOf("Subscribed");
  await expect(subscribed).toHaveText("Order placed");
  await page.getByRole("button", { name: "Move it on" }).click();
  await expect(subscribed).toHaveText("Being prepared");
  await expect(stepOf("Polled")).toHaveText("Being prepared");
  await page.getByRole("button", { name: "Watch another patient's" }).click();
  await expect(page.getByRole("status").last()).toContainText("refused at subscribe");
  await page.getByRole("button", { name: "Wait for a doctor" }).click();
  await expect(subscribed).toHaveText("Waiting for a doctor");
  await page.getByRole("button", { name: "Move it on" }).click();
  await expect(subscribed).toHaveText("The doctor is here");
});
