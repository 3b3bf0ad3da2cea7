/** What is shown of a person until a reason is given; the rest is dots, whose number says nothing of what they hide. */
const DOTS = "••••";

/** The first name and the initial of the last: "Siti R••••"; a single name alone. Null when there is no name. */
export function maskName(name: string | null): string | null {
  const words = name?.trim().split(/\s+/).filter(Boolean) ?? [];
  const [first] = words;
  if (first === undefined) return null;
  const last = words.length > 1 ? words.at(-1) : undefined;
  return last === undefined ? first : `${first} ${[...last][0] ?? ""}${DOTS}`;
}

/** The first name, for sentences. Null when there is no name. */
export const firstName = (name: string | null): string | null => name?.trim().split(/\s+/)[0] || null;

/**
 * A phone number in E.164 as it is said at home, its middle hidden: "+62812340017" is "0812 34•• ••17". Numbers of other
 * countries keep their country code; one too short to hide anything is dots.
 */
export function maskPhone(phoneNumber: string | null): string | null {
  if (!phoneNumber) return null;
  const digits = domesticDigits(phoneNumber);
  if (digits.length < 9) return `${DOTS} ${DOTS}`;
  return `${digits.slice(0, 4)} ${digits.slice(4, 6)}•• ••${digits.slice(-2)}`;
}

/** Digits as typed at home: +62 becomes 0; other numbers keep their plus. */
export const domesticDigits = (phoneNumber: string): string =>
  phoneNumber.startsWith("+62") ? `0${phoneNumber.slice(3)}` : phoneNumber;

/** An identifier of a person: its first two characters. */
export const maskPersonId = (personId: string): string => `${personId.slice(0, 2)}••••••`;
