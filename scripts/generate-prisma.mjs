// The typed database client. Every Prisma command first tries to download its schema engine, which `generate` does not
// need: any small executable in its place keeps the network out of it.
// By hand: `npm run generate`, or with another command: `node scripts/generate-prisma.mjs format`.
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../stack/bootstrap/run-command.mjs";
import { hashOf, isCurrent, stamp } from "./source-hash.mjs";

const SOURCES = ["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"];
const CLIENT = "lib/db/generated/client.ts";
// Not beside the client: lib is a source of the builds, and a stamp is not one.
const STAMP = "node_modules/.cache/liveconnect/prisma-client";

/** Whether the client was generated from the schema as it is. */
export const clientIsCurrent = async () => existsSync(CLIENT) && (await isCurrent(STAMP, SOURCES));

export async function generateClient() {
  const hash = await hashOf(SOURCES);
  await prisma(["generate"]);
  await stamp(STAMP, hash);
}

/** @param {readonly string[]} args */
async function prisma(args) {
  const folder = mkdtempSync(path.join(tmpdir(), "prisma-"));
  const engine = path.join(folder, "schema-engine");
  writeFileSync(engine, "#!/bin/sh\nexit 0\n");
  chmodSync(engine, 0o755);
  try {
    return await runCommand(process.execPath, ["node_modules/prisma/build/index.js", ...args], {
      what: `prisma ${args.join(" ")}`,
      env: { PRISMA_SCHEMA_ENGINE_BINARY: engine, CHECKPOINT_DISABLE: "1", PRISMA_HIDE_UPDATE_MESSAGE: "1" },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  if (args.length === 0 || args[0] === "generate") await generateClient();
  else process.stdout.write(await prisma(args));
}
