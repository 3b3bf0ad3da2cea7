import { VIEWER_COOKIES, type Locale } from "@/i18n/locales";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const YEAR_SECONDS = 31_536_000;

function remember(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

/** Draws in a theme from now on, and remembers it; "system" follows the device. */
export function chooseTheme(theme: Theme): void {
  const root = document.documentElement;
  root.classList.add("theme-switching");
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  remember(VIEWER_COOKIES.theme, theme);
  requestAnimationFrame(() => requestAnimationFrame(() => root.classList.remove("theme-switching")));
}

/** Remembers a language; the caller draws the page again. */
export const chooseLocale = (locale: Locale): void => remember(VIEWER_COOKIES.locale, locale);

/** Tells the server the browser's time zone when it differs from the one drawn with. True when the page must be drawn again. */
export function tellTimeZone(drawnWith: string): boolean {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (own === drawnWith) return false;
  remember(VIEWER_COOKIES.timeZone, own);
  return true;
}
