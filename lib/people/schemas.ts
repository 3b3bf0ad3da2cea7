import { z } from "zod";
import { legible, ONE_LINE } from "@/lib/format/kept-text";
import { clientIdSchema } from "@/lib/mqtt/client-id";

export const personIdSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(ONE_LINE, "personId holds a control character, or half a character");

/** Whose: a person, or the one whose client it is, as who asks from the console sees no whole person id. */
const whose = {
  personId: personIdSchema.optional(),
  clientId: clientIdSchema.optional(),
};
const isOne = ({ personId, clientId }: { personId?: string | undefined; clientId?: string | undefined }): boolean =>
  (personId === undefined) !== (clientId === undefined);
const ONE = { error: "either personId or clientId" };
const why = z.string().overwrite(legible).trim().min(3).max(300);

export const forgetPersonSchema = z.strictObject({ ...whose, reason: why.optional() }).refine(isOne, ONE);
export const exportPersonSchema = z.strictObject({ ...whose, reason: why }).refine(isOne, ONE);

/** What a person's forgetting removed: rows by table, those with none left out. */
export interface Forgotten {
  clients: number;
  removed: Record<string, number>;
}

const known = {
  name: z
    .string()
    .max(200)
    .regex(ONE_LINE, "name holds a control character, or half a character")
    .overwrite(legible)
    .nullish(),
  /** In any form people write; kept as E.164. */
  phoneNumber: z.string().max(40).nullish(),
};

/** What the host system says of a person, whole: what is absent is not known any more. */
export const personFactsSchema = z.strictObject(known);

/** A line of an import. */
export const personSchema = z.strictObject({ personId: personIdSchema, ...known });
export type PersonInput = z.input<typeof personSchema>;

/** A person as kept. */
export interface Person {
  personId: string;
  name: string | null;
  /** E.164. */
  phoneNumber: string | null;
}

export const IMPORT_MODES = ["merge", "replace"] as const;

/**
 * receiving (the publisher takes the file) → waiting → running (the worker merges it) → finished; failed (the file broke off, or is
 * too large) and cancelled are ends too.
 */
export const IMPORT_STATES = ["receiving", "waiting", "running", "finished", "failed", "cancelled"] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const startImportSchema = z.strictObject({
  /** `replace`: people whom the file does not name are removed, if every line of it could be read. */
  mode: z.enum(IMPORT_MODES).default("merge"),
});

export const importIdSchema = z.strictObject({ importId: z.uuid("An import id is a UUID") });

/** How far an import is. Instants are ISO strings in UTC. */
export interface PeopleImport {
  importId: string;
  mode: (typeof IMPORT_MODES)[number];
  state: ImportState;
  startedBy: string;
  createdAt: string;
  receivedAt: string | null;
  endedAt: string | null;
  failure: string | null;
  bytes: number;
  /** Lines received, read so far, and of those: written (new or changed), refused. */
  rows: { received: number; read: number; written: number; refused: number };
  /** People absent from the file that were removed; null where none are. */
  removed: number | null;
  /** While it was at work; null before. */
  rowsPerSecond: number | null;
  /** At that rate; null unless it runs. */
  secondsLeft: number | null;
}
