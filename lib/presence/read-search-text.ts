import { AsYouType, type CountryCode } from "libphonenumber-js";
import { isClientId } from "@/lib/mqtt/is-client-id";
import { foldName } from "@/lib/people/person-words";
import type { SearchStage } from "./search-schemas";

/** One way to read what was typed; searched in order until one finds someone. */
export type Reading =
  | { stage: Extract<SearchStage, "newest"> }
  /** SHA-256 in hex. */
  | { stage: Extract<SearchStage, "token">; hash: string }
  /** In lower case, as identifiers are compared. */
  | { stage: Extract<SearchStage, "clientId" | "personId" | "clientIdPrefix" | "personIdPrefix">; text: string }
  /** Begin of a number in E.164. */
  | { stage: Extract<SearchStage, "phone">; prefix: string }
  /** Last digits, as typed. */
  | { stage: Extract<SearchStage, "phoneEnd">; digits: string }
  /** Words, folded: their beginnings, parts of them, or words with a slip. */
  | { stage: Extract<SearchStage, "name" | "namePart" | "nameSlip">; words: string[] };

const FEWEST_DIGITS = 3;
const FEWEST_LETTERS = 2;
// A fifth word narrows nothing.
const MOST_WORDS = 4;

/** The readings of a search text, likeliest first: whole identifiers and numbers, their ends and beginnings, names. */
export function readSearchText(text: string, defaultCountry: CountryCode = "ID"): Reading[] {
  const typed = text.trim();
  if (typed === "") return [{ stage: "newest" }];
  const isOne = !/\s/.test(typed);
  const folded = foldIdentifier(typed);
  const readings: Reading[] = [];
  if (isOne) readings.push({ stage: "personId", text: folded });
  const [phone, phoneEnd] = readPhone(typed, defaultCountry);
  // A number said from its beginning begins with 0, + or the country; other digits are more likely its last.
  const beginsNumber = /^[\s(]*(\+|0|62)/.test(typed);
  if (phone && beginsNumber) readings.push(phone);
  if (isClientId(typed)) readings.push({ stage: "clientId", text: folded });
  if (phoneEnd) readings.push(phoneEnd);
  if (phone && !beginsNumber) readings.push(phone);
  if (typed.length >= FEWEST_LETTERS && isOne) {
    if (isClientId(typed)) readings.push({ stage: "clientIdPrefix", text: folded });
    readings.push({ stage: "personIdPrefix", text: folded });
  }
  const words = foldName(typed).slice(0, MOST_WORDS);
  if (words.length > 0 && /\p{L}/u.test(typed))
    for (const stage of ["name", "namePart", "nameSlip"] as const) readings.push({ stage, words });
  return readings;
}

/** Identifiers in one case, as PostgreSQL's lower() folds them under COLLATE "C": ASCII only. */
export const foldIdentifier = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

// Spaces, dashes, dots, brackets and one leading plus: the ways people write a number.
const PHONE_LIKE = /^\+?[\d\s().-]+$/;

function readPhone(typed: string, defaultCountry: CountryCode): [Reading | null, Reading | null] {
  const digits = typed.replace(/\D/g, "");
  if (!PHONE_LIKE.test(typed) || digits.length < FEWEST_DIGITS) return [null, null];
  const shape = new AsYouType(defaultCountry);
  // "62 812…" is said without its plus as often as with it.
  shape.input(defaultCountry === "ID" && digits.startsWith("62") ? `+${digits}` : typed);
  const prefix = shape.getNumberValue();
  return [prefix ? { stage: "phone", prefix } : null, { stage: "phoneEnd", digits }];
}
