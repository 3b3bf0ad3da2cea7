import { isClientId } from "@/lib/mqtt/is-client-id";
import type { ClientFilters } from "@/lib/presence/search-filters";
import { NO_FILTERS } from "../presence/no-filters";
import type { ClientChoiceInput, Send, StartSendInput } from "@/lib/publish/sends/schemas";
import { MOST_LISTED, MOST_SEND_RATE } from "@/lib/publish/terms";
import { toPublishInput, type Attempt, type Draft } from "./draft";

/** To which clients a message being written goes, when it goes to many. */
export interface ManyDraft {
  by: "filters" | "list";
  filters: ClientFilters;
  /** Client identifiers as they were pasted. */
  list: string;
  /** Messages a second, as text; empty: as configured. */
  rate: string;
}

/** Whoever is online or has a session that keeps messages: to those who are gone nothing is delivered. */
export const emptyMany = (): ManyDraft => ({
  by: "filters",
  filters: { ...NO_FILTERS, states: ["online", "offline_queued"] },
  list: "",
  rate: "",
});

/** Where the message being written goes. What is chosen of clients is kept while one topic is written to. */
export interface Addressee {
  to: "topic" | "many";
  many: ManyDraft;
}

/** Whom a send before went to, to be chosen again. */
export const manyOf = ({ filters, ratePerSecond }: Send, clientIds: readonly string[] | null): ManyDraft => ({
  by: clientIds ? "list" : "filters",
  filters,
  list: clientIds?.join("\n") ?? "",
  rate: String(ratePerSecond),
});

/** The identifiers of a pasted list, each once: parted by spaces, lines, commas or semicolons, with or without quotes. */
export const listedClients = (list: string): string[] => [
  ...new Set(list.split(/[\s,;]+/).flatMap((word) => word.replace(/^["']|["']$/g, "") || [])),
];

/** What is wrong with the choice: an identifier that is none, too many, none; a rate that is no number. */
export type ManyFault =
  { kind: "notClientId"; word: string } | { kind: "tooMany" } | { kind: "nobody" } | { kind: "rate" };

export function manyFault({ by, list, rate }: ManyDraft): ManyFault | null {
  if (by === "list") {
    const listed = listedClients(list);
    const wrong = listed.find((word) => !isClientId(word));
    if (wrong !== undefined) return { kind: "notClientId", word: wrong };
    if (listed.length > MOST_LISTED) return { kind: "tooMany" };
    if (listed.length === 0) return { kind: "nobody" };
  }
  const perSecond = Number(rate);
  const isRate = rate === "" || (Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= MOST_SEND_RATE);
  return isRate ? null : { kind: "rate" };
}

/** The choice as it is asked for. */
export const choiceOf = ({ by, filters, list }: ManyDraft): ClientChoiceInput =>
  by === "list" ? { clientIds: listedClients(list) } : filters;

/** A draft to many as it is sent. */
export function toSendInput(
  draft: Draft,
  many: ManyDraft,
  { confirmed, ...attempt }: Omit<Attempt, "confirmedDevices"> & { confirmed: number },
): StartSendInput {
  const {
    to: _one,
    retain: _never,
    confirmedDevices: _other,
    ...message
  } = toPublishInput(draft, {
    ...attempt,
    confirmedDevices: null,
  });
  return {
    ...message,
    to: { clients: choiceOf(many), ...(many.rate === "" ? {} : { ratePerSecond: Number(many.rate) }) },
    confirmedClients: confirmed,
  };
}
