import path from "node:path";
import { configDefaults, defineConfig } from "vitest/config";

const outside = [...configDefaults.exclude, ".next/**", ".data/**", "e2e/**"];

export default defineConfig({
  resolve: { alias: { "@": path.resolve(import.meta.dirname) } },
  test: {
    // Any key: each test reads only what it sealed.
    env: { LOG_LEVEL: "silent", SEALING_KEY: Buffer.alloc(32, 7).toString("base64") },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...outside, "**/*.db.test.ts", "**/*.scenario.test.ts", "test/broker/**"],
          // Keys are generated and machines are shared: slow is no failure.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: ["**/*.db.test.ts"],
          exclude: outside,
          globalSetup: ["test/postgres-setup.ts"],
          testTimeout: 40_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "scenarios",
          include: ["test/scenarios/**/*.scenario.test.ts"],
          exclude: outside,
          // Mostly waiting: the two files have a world each, and some cases that disturb nobody are played at once. More of them
          // would keep two cores so busy that phones give up their connects.
          maxWorkers: 2,
          maxConcurrency: 6,
        },
      },
      {
        extends: true,
        test: { name: "broker", include: ["test/broker/**/*.test.ts"], testTimeout: 20_000, hookTimeout: 30_000 },
      },
    ],
  },
});
