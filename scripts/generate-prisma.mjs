// Generates the typed database client. Every Prisma command first tries to download its schema engine, which `generate`
// does not need: any small executable in its place keeps the network out of it.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folder = mkdtempSync(path.join(tmpdir(), "prisma-"));
const engine = path.join(folder, "schema-engine");
writeFileSync(engine, "#!/bin/sh\nexit 0\n");
chmodSync(engine, 0o755);
try {
  execFileSync(
    process.execPath,
    ["node_modules/prisma/build/index.js", process.argv[2] ?? "generate", ...process.argv.slice(3)],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: engine,
        CHECKPOINT_DISABLE: "1",
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
      },
    },
  );
} catch (error) {
  process.stderr.write(`${error.stdout ?? ""}${error.stderr ?? error}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
