import { SEALED_CHANNELS } from "@/lib/alerts/channel-secrets";
import type { SealedColumn } from "@/lib/crypto/reseal-column";
import { SEALED_SECOND_FACTORS } from "@/lib/operators/second-factor";
import { SEALED_PAYLOADS } from "@/lib/publish/kept-payload";
import { SEALED_SAVED_MESSAGES } from "@/lib/publish/saved-messages";
import { SEALED_SENDS } from "@/lib/publish/sends/send-payload";
import { SEALED_SECRETS } from "@/lib/webhooks/endpoints";

/** All that is sealed in the database, what operators wait for first; sealed-columns.db.test.ts knows every column of bytes. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  SEALED_SECOND_FACTORS,
  ...SEALED_SECRETS,
  SEALED_CHANNELS,
  SEALED_SAVED_MESSAGES,
  SEALED_SENDS,
  SEALED_PAYLOADS,
];
