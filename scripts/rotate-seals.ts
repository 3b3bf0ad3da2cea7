// Seals with SEALING_KEY what the keys of SEALING_KEYS_OTHER sealed, in the database and the object store: npm run seal:rotate
// Ends with 0 (all is sealed with SEALING_KEY), 1 (something opens with none of the keys: it is named) or 2 (could not be done).
// Safe to stop, to run again, and to run while the product does (docs/operations.md).
import { parseArgs } from "node:util";
import { z } from "zod";
import { resealColumn, type Resealed } from "@/lib/crypto/reseal-column";
import { openDatabase } from "@/lib/db/database";
import { resealOriginals } from "@/lib/diagnostics/log/reseal-originals";
import { readEnv } from "@/lib/env/read-env";
import { openingKeys } from "@/lib/env/sealing-key";
import { openObjectStore } from "@/lib/storage/object-store";
import { objectStoreEnv } from "@/lib/storage/object-store-env";
import { commandContext } from "./command-context";
import { SEALED_COLUMNS } from "./sealed-columns";
import { workerEnvironment } from "./worker-environment";

const USAGE = `npm run -s seal:rotate
Reads SEALING_KEY, SEALING_KEYS_OTHER, DATABASE_URL and the S3_… variables (.env.example); without them, the stack of DATA_FOLDER, which must run.`;

/** Names what does not open, of each kind so many. */
const NAMED = 20;

async function rotate(): Promise<Record<string, Resealed>> {
  const given = workerEnvironment();
  const { DATABASE_URL: url } = readEnv(z.object({ DATABASE_URL: z.string() }), given);
  const store = openObjectStore(readEnv(z.object(objectStoreEnv), given));
  const keys = openingKeys(given);
  const db = openDatabase({ url, connections: 1, applicationName: "liveconnect-seal-rotate" });
  const told: Record<string, Resealed> = {};
  try {
    for (const of of SEALED_COLUMNS) {
      const name = `${of.table}.${of.column}`;
      told[name] = await resealColumn(db.pool, { of, keys, tell: (soFar) => tell(name, soFar) });
    }
    const name = "originals of logs";
    told[name] = await resealOriginals(commandContext("seal-rotate", db), {
      store,
      keys,
      tell: (soFar) => tell(name, soFar),
    });
  } finally {
    await db.close();
  }
  return told;
}

const tell = (name: string, { looked, resealed, unopened }: Resealed): void =>
  console.log(
    `${name}: looked at ${looked}, sealed ${resealed} anew${unopened.length > 0 ? `, ${unopened.length} do not open` : ""}`,
  );

if (parseArgs({ options: { help: { type: "boolean" } } }).values.help) console.log(USAGE);
else
  try {
    const broken = Object.entries(await rotate()).filter(([, { unopened }]) => unopened.length > 0);
    for (const [name, { unopened }] of broken)
      console.error(
        `${name}: opens with none of the keys: ${unopened.slice(0, NAMED).join(", ")}${unopened.length > NAMED ? " …" : ""}`,
      );
    if (broken.length === 0) console.log("All is sealed with SEALING_KEY.");
    process.exitCode = broken.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(
      `Not all could be sealed anew; run it again. ${error instanceof Error ? error.message : String(error)}`,
    );
    console.error(USAGE);
    process.exitCode = 2;
  }
