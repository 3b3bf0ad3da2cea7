import type { Forgotten } from "@/lib/people/schemas";
import { downloadLines } from "./download-lines";
import { postJson } from "./request";

const pathOf = (clientId: string, what: string): string => `/api/presence/${encodeURIComponent(clientId)}/${what}`;

/** Everything that is kept of the person whose client it is goes. */
export const forgetPerson = (clientId: string, reason: string) =>
  postJson<Forgotten>(pathOf(clientId, "forget"), { reason });

/** Saves everything that is kept of the person whose client it is; returns the number of records. */
export const savePerson = (clientId: string, reason: string) =>
  downloadLines({
    path: pathOf(clientId, "person-export"),
    body: { reason },
    fileName: `person-of-${clientId}.ndjson`,
    type: "application/x-ndjson",
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
