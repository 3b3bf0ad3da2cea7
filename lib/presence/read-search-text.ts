import { AsYouType, type CountryCode } from "libphonenumber-js";
import { isClientId } from "@/lib/mqtt/client-id";
import { foldName } from "@/lib/people/person-words";
import type { SearchStage } from "./schemas";

/** One way to read what was typed; searched in order until one finds someone. */
export type Reading =
  | { stage: Extract<SearchStage, "newest"> }
  | { stage: Extract<SearchStage, "clientId" | "personId" | "clientIdPrefix" | "personIdPrefix">; text: string }
  /** Begin of a number in E.164. */
  | { stage: "phone"; prefix: string }
  /** Last digits, as typed. */
  | { stage: "phoneEnd"; digits: string }
  /** Beginnings of words, folded. */
  | { stage: "name"; words: string[] };

const FEWEST_DIGITS = 3;
const FEWEST_LETTERS = 2;
// Each word is one more index range to intersect; a fifth narrows nothing.
const MOST_WORDS = 4;

/** The readings of a search text, likeliest first: identifiers as they are, then phone numbers, beginnings, names. */
export function readSearchText(text: string, defaultCountry: CountryCode = "ID"): Reading[] {
  const typed = text.trim();
  if (typed === "") return [{ stage: "newest" }];
  const readings: Reading[] = [];
  if (isClientId(typed)) readings.push({ stage: "clientId", text: typed });
  if (!/\s/.test(typed)) readings.push({ stage: "personId", text: typed });
  readings.push(...readPhone(typed, defaultCountry));
  if (typed.length >= FEWEST_LETTERS && !/\s/.test(typed)) {
    if (isClientId(typed)) readings.push({ stage: "clientIdPrefix", text: typed });
    readings.push({ stage: "personIdPrefix", text: typed });
  }
  const words = foldName(typed).slice(0, MOST_WORDS);
  if (words.length > 0 && /\p{L}/u.test(typed)) readings.push({ stage: "name", words });
  return readings;
}

// Spaces, dashes, dots, brackets and one leading plus: the ways people write a number.
const PHONE_LIKE = /^\+?[\d\s().-]+$/;

function readPhone(typed: string, defaultCountry: CountryCode): Reading[] {
  const digits = typed.replace(/\D/g, "");
  if (!PHONE_LIKE.test(typed) || digits.length < FEWEST_DIGITS) return [];
  const shape = new AsYouType(defaultCountry);
  // "62 812…" is said without its plus as often as with it.
  shape.input(defaultCountry === "ID" && digits.startsWith("62") ? `+${digits}` : typed);
  const prefix = shape.getNumberValue();
  return [...(prefix ? [{ stage: "phone" as const, prefix }] : []), { stage: "phoneEnd", digits }];
}
