import { z } from "zod";
import { canBeKept } from "@/lib/format/kept-text";
import { PRESENCE_STATES, type PresenceState } from "@/lib/events/schemas";
import type { ProofKind, StateDetail } from "./schemas";
import { SEEN_NAMES, SESSION_KINDS, type ClientFilters, type SessionKind } from "./search-filters";

// What PostgreSQL cannot hold matches nothing.
const few = z
  .array(z.string().max(64).refine(canBeKept, "well-formed Unicode without a null character"))
  .max(20)
  .default([]);
export const clientFiltersSchema = z.object({
  states: z.array(z.enum(PRESENCE_STATES)).max(PRESENCE_STATES.length).default([]),
  nodes: few,
  platforms: few,
  appVersions: few,
  seen: z.enum(SEEN_NAMES).nullable().default(null),
  flapping: z.boolean().default(false),
  session: z.enum(SESSION_KINDS).nullable().default(null),
}) satisfies z.ZodType<ClientFilters>;

/** What an operator typed or pasted to find a client. Personal data: never in a URL or a log. */
const given = {
  text: z.string().trim().max(120).default(""),
  /** SHA-256, in hex, of a token the operator pasted; the token itself never leaves the browser. */
  tokenHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullish(),
};
const searched = { ...given, filters: clientFiltersSchema.prefault({}) };

export const searchClientsSchema = z.object({
  ...searched,
  /** `nextCursor` of the page before. */
  cursor: z.string().max(300).nullish(),
  /** At most so many of the page's clients, its first. */
  limit: z.int().min(1).max(100).default(100),
});
export type SearchClientsInput = z.input<typeof searchClientsSchema>;

export const exportClientsSchema = z.object(searched);
export type ExportClientsInput = z.input<typeof exportClientsSchema>;

/**
 * By what a search found its clients: the first of these, in about this order, that found any. "newest" is the empty search;
 * "namePart" finds inside words, "nameSlip" words that differ by one letter.
 */
export const SEARCH_STAGES = [
  "newest",
  "token",
  "personId",
  "phone",
  "clientId",
  "phoneEnd",
  "clientIdPrefix",
  "personIdPrefix",
  "name",
  "namePart",
  "nameSlip",
] as const;
export type SearchStage = (typeof SEARCH_STAGES)[number];

export const countFoundSchema = z.object({ ...given, stage: z.enum(SEARCH_STAGES) });
export type CountFoundInput = z.input<typeof countFoundSchema>;

/** A text in parts: as it is, marked as what was searched for, or dots in place of what is masked. */
export type MarkedText = readonly { text: string; as: "plain" | "mark" | "mask" }[];

/** One found client. Instants are ISO strings in UTC. */
export interface FoundClient {
  clientId: string;
  markedClientId: MarkedText;
  name: MarkedText | null;
  phoneNumber: MarkedText | null;
  /** Another client of the person in the row above. */
  samePerson: boolean;
  platform: string | null;
  appVersion: string | null;
  deviceModel: string | null;
  session: SessionKind;
  state: PresenceState;
  since: string;
  node: string;
  proofKind: ProofKind;
  proofAt: string;
  /** Why it is unknown, or what is not to be promised of a queue. */
  detail: StateDetail | null;
  /** Since when the broker is being asked; null: the state is sure. */
  doubtedSince: string | null;
  flapping: boolean;
}

/** How many: counted, or estimated from a sample or the database's own statistics. */
export interface Count {
  count: number;
  about: boolean;
}

/** Of everything found, whatever the filters: how many have which value; most frequent first. */
export interface Facets {
  states: Record<PresenceState, number>;
  nodes: readonly { value: string; count: number }[];
  platforms: readonly { value: string; count: number }[];
  appVersions: readonly { value: string; count: number }[];
  /** The numbers above are estimated. */
  about: boolean;
}

/** Of everything a search finds, whatever its filters. */
export interface FoundCounts {
  total: Count;
  facets: Facets;
}

export interface SearchClientsResult {
  stage: SearchStage;
  /**
   * A page is a stretch of the result in an order that no change of state moves; inside it, best state first (online, unknown,
   * queued, gone), a person's clients together, then latest change. A result of up to 20 is one page.
   */
  clients: readonly FoundClient[];
  /** Of all that was found, where this page is all of it and nothing was filtered; otherwise null, and `countFound` tells. */
  total: Count | null;
  facets: Facets | null;
  /** People on this page who match but of whom no phone ever connected. */
  peopleWithoutClients: number;
  /** How many were looked through for this page. */
  examined: number;
  /** Looking stopped at a bound before the page was full: `nextCursor` goes on from there. */
  stoppedEarly: boolean;
  nextCursor: string | null;
}
