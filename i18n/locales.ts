/** Languages the console speaks; a new one is a folder of message files and its word here. */
export const LOCALES = ["en", "id"] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = "en";
/** The language of the sentences in the code. */
export const WRITTEN_IN: Locale = "en";
export const DEFAULT_TIME_ZONE = "Asia/Jakarta";

/** Cookies that hold a viewer's choices; the time zone is the browser's own, told by it. */
export const VIEWER_COOKIES = { locale: "locale", timeZone: "time_zone", theme: "theme" } as const;

/** The first language of an Accept-Language header that the console speaks, in the reader's order of preference. */
export function preferredLocale(acceptLanguage: string): Locale {
  const wanted = acceptLanguage
    .split(",")
    .slice(0, 16)
    .map((part) => {
      const [tag = "", quality] = part.trim().split(";q=");
      return { language: tag.slice(0, 2).toLowerCase(), weight: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .toSorted((a, b) => b.weight - a.weight);
  return wanted.map(({ language }) => LOCALES.find((locale) => locale === language)).find((l) => l) ?? DEFAULT_LOCALE;
}

/** The language of who asks: the one they chose (their cookie), else the one their browser asks for. */
export const localeOf = (chosen: string | undefined, acceptLanguage: string | null): Locale =>
  isLocale(chosen) ? chosen : preferredLocale(acceptLanguage ?? "");

export const isLocale = (text: string | undefined): text is Locale => LOCALES.some((locale) => locale === text);
