import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";

// ITU-T E.164: at most 15 digits. One that is written so is taken as it is: number plans change faster than libraries.
const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * A phone number in E.164 ("+62812340017"), however people write it: spaces, dashes and brackets, 0 or 00 before, the country
 * code without its plus. Null when it cannot be a number of `region` (ISO 3166) or of the country it names.
 */
export function toE164(text: string, region: string): string | null {
  const plain = text.trim();
  if (E164.test(plain)) return plain;
  if (!isSupportedCountry(region)) throw new Error(`PHONE_REGION ${region} is no country code, such as ID.`);
  const international = plain.replace(/^00/, "+");
  const digits = plain.replaceAll(/[\s().-]/g, "");
  const withPlus = parsePhoneNumberFromString(`+${digits}`);
  if (digits.startsWith(getCountryCallingCode(region)) && withPlus?.isValid()) return withPlus.number;
  const parsed = parsePhoneNumberFromString(international, region);
  return parsed?.isPossible() ? parsed.number : null;
}
