// Compares the whole audit record with its seals and with the heads anchored in the object store: npm run audit:verify
// Ends with 0 (as sealed), 1 (broken: each place is named) or 2 (could not be verified).
import { parseArgs } from "node:util";
import { z } from "zod";
import { listAnchors } from "@/lib/audit/anchors";
import { tellBreak } from "@/lib/audit/tell-break";
import { MOST_BREAKS, verifySeals, type AuditVerification } from "@/lib/audit/verify-seals";
import { openDatabase } from "@/lib/db/database";
import { readEnv } from "@/lib/env/read-env";
import { openObjectStore } from "@/lib/storage/object-store";
import { objectStoreEnv } from "@/lib/storage/object-store-env";
import { commandContext } from "./command-context";
import { workerEnvironment } from "./worker-environment";

const USAGE = `npm run -s audit:verify -- [--without-anchors]
Reads DATABASE_URL and the S3_… variables (.env.example); without them, the stack of DATA_FOLDER, which must run.`;

async function verify(withoutAnchors: boolean): Promise<AuditVerification> {
  const given = workerEnvironment();
  const { DATABASE_URL: url } = readEnv(z.object({ DATABASE_URL: z.string() }), given);
  const anchors = withoutAnchors ? [] : await listAnchors(openObjectStore(readEnv(z.object(objectStoreEnv), given)));
  const db = openDatabase({ url, connections: 1, applicationName: "liveconnect-audit-verify" });
  return verifySeals(commandContext("audit-verify", db), anchors).finally(() => db.close());
}

function tell(found: AuditVerification, withoutAnchors: boolean): void {
  const { seals, rows, anchors, droppedThrough, last, breaks } = found;
  const compared = `${rows} rows under ${seals} seals`;
  console.log(withoutAnchors ? `Compared ${compared}, without anchors.` : `Compared ${compared}, ${anchors} anchors.`);
  if (last) console.log(`Newest seal: ${last.seal}, of ${last.at}, head ${last.head}`);
  if (droppedThrough > 0) console.log(`Rows up to ${droppedThrough} were let go, as past their time.`);
  const [first, ...others] = breaks;
  if (!first) return console.log("The audit record is what was sealed.");
  console.log(`BROKEN. First: ${tellBreak(first)}`);
  for (const other of others) console.log(`        Then:  ${tellBreak(other)}`);
  if (breaks.length === MOST_BREAKS) console.log("        There may be more; it stopped looking.");
}

const { values } = parseArgs({ options: { "without-anchors": { type: "boolean" }, help: { type: "boolean" } } });
if (values.help) console.log(USAGE);
else
  try {
    const withoutAnchors = values["without-anchors"] ?? false;
    const found = await verify(withoutAnchors);
    tell(found, withoutAnchors);
    process.exitCode = found.breaks.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(`The audit record could not be verified. ${error instanceof Error ? error.message : String(error)}`);
    console.error(USAGE);
    process.exitCode = 2;
  }
