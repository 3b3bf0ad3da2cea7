import { domesticDigits } from "@/lib/format/person";
import type { Reading } from "./read-search-text";
import { foldName } from "@/lib/people/person-words";
import { isOneSlip } from "@/lib/people/word-forms";
import type { MarkedText } from "./search-schemas";

type Part = MarkedText[number];

const DOTS = "••••";
const PLAIN_DIGITS = { first: 6, last: 2 };

/** A client identifier with the part that was searched for marked. */
export function markClientId(clientId: string, reading: Reading): MarkedText {
  const marked = reading.stage === "clientId" || reading.stage === "clientIdPrefix" ? reading.text.length : 0;
  return joined([
    { text: clientId.slice(0, marked), as: "mark" },
    { text: clientId.slice(marked), as: "plain" },
  ]);
}

/**
 * A masked phone number as said at home, in groups of four. Shown are its first six and last two digits, and whatever
 * digits the operator typed: they know those already.
 */
export const markPhone = (phoneNumber: string | null, reading: Reading): MarkedText | null =>
  phoneParts(phoneNumber, reading, () => PLAIN_DIGITS.first);

function phoneParts(
  phoneNumber: string | null,
  reading: Reading,
  plainFirst: (digits: string) => number,
): MarkedText | null {
  if (!phoneNumber) return null;
  const digits = domesticDigits(phoneNumber);
  const first = reading.stage === "phone" ? domesticDigits(reading.prefix).length : 0;
  const last = reading.stage === "phoneEnd" ? reading.digits.length : 0;
  const asOf = (index: number): Part["as"] => {
    if (index < first || index >= digits.length - last) return "mark";
    const shown = index < plainFirst(digits) || index >= digits.length - PLAIN_DIGITS.last;
    return shown ? "plain" : "mask";
  };
  const parts = [...digits].flatMap((digit, index): Part[] => {
    const as = asOf(index);
    // A space between two marked digits is marked with them.
    const space = { text: " ", as: as === "mark" && asOf(index - 1) === "mark" ? as : ("plain" as const) };
    const one = { text: as === "mask" ? "•" : digit, as };
    return index > 0 && index % 4 === 0 ? [space, one] : [one];
  });
  return joined(parts);
}

/** As `markPhone`, of someone who may see all of it. */
export const markWholePhone = (phoneNumber: string | null, reading: Reading): MarkedText | null =>
  phoneParts(phoneNumber, reading, (digits) => digits.length);

/** A masked name: the first name whole, the last one's initial, and of every word at least what was searched for. */
export function markName(name: string | null, reading: Reading): MarkedText | null {
  const words = name?.trim().split(/\s+/).filter(Boolean) ?? [];
  if (words.length === 0) return null;
  const typed = "words" in reading ? reading.words : [];
  const parts = words.flatMap((word, index): Part[] => {
    const [from, to] = matchIn(word, typed, reading.stage);
    const isFirst = index === 0;
    if (isFirst) return around(word, from, to);
    if (index !== words.length - 1 && to === 0) return [];
    // Of what stands before and behind the part that was typed, the initial only.
    const before: Part[] = from > 1 ? [{ text: DOTS, as: "mask" }] : [];
    const initial = from > 0 || to === 0 ? word.slice(0, 1) : "";
    return [
      { text: ` ${initial}`, as: "plain" },
      ...before,
      { text: word.slice(from, to), as: "mark" },
      { text: DOTS, as: "mask" },
    ];
  });
  return joined(parts);
}

/** A whole name with what was searched for marked. */
export function markWholeName(name: string | null, reading: Reading): MarkedText | null {
  const words = name?.trim().split(/\s+/).filter(Boolean) ?? [];
  if (words.length === 0) return null;
  const typed = "words" in reading ? reading.words : [];
  return joined(
    words.flatMap((word, index): Part[] => [
      ...(index === 0 ? [] : [{ text: " ", as: "plain" as const }]),
      ...around(word, ...matchIn(word, typed, reading.stage)),
    ]),
  );
}

const around = (word: string, from: number, to: number): Part[] => [
  { text: word.slice(0, from), as: "plain" },
  { text: word.slice(from, to), as: "mark" },
  { text: word.slice(to), as: "plain" },
];

/** From where to where a word is what was typed: its beginning, a part of it, or all of it for one with a slip; 0 to 0: nowhere. */
function matchIn(word: string, typed: readonly string[], stage: Reading["stage"]): [number, number] {
  const folded = foldName(word);
  const found = typed.flatMap((one): [number, number][] => {
    if (folded.some((part) => part.startsWith(one))) return [[0, one.length]];
    const at = stage === "namePart" ? (folded[0]?.indexOf(one) ?? -1) : -1;
    if (at > 0) return [[at, at + one.length]];
    return stage === "nameSlip" && folded.some((part) => isOneSlip(one, part)) ? [[0, word.length]] : [];
  });
  return found.toSorted((a, b) => b[1] - b[0] - (a[1] - a[0]))[0] ?? [0, 0];
}

/** Neighbours of one kind as one part, empty ones left out. */
function joined(parts: readonly Part[]): MarkedText {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.text === "") continue;
    if (last?.as === part.as) last.text += part.text;
    else result.push({ ...part });
  }
  return result;
}
