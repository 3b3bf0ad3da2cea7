import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";
import { addresses } from "./e2e/stack";

const DEBIAN_CHROMIUM = "/usr/bin/chromium";

// Debian's Chromium where there is one, else Playwright's own (npx playwright install chromium).
const browser = existsSync(DEBIAN_CHROMIUM) ? { executablePath: DEBIAN_CHROMIUM } : {};

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./e2e/global-setup.ts",
  outputDir: "test-results/specs",
  // two cores carry the whole stack beside the browser
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    baseURL: addresses.console,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...browser,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
