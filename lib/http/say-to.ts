import { localeOf, VIEWER_COOKIES } from "@/i18n/locales";
import { sayIn } from "@/i18n/say";
import type { Say } from "@/lib/sentence";
import { cookieOf } from "./request-facts";

/** How sentences are said to who asks, by the language that their pages are in. */
export const sayTo = (headers: Pick<Headers, "get">): Promise<Say> =>
  sayIn(localeOf(cookieOf(headers, VIEWER_COOKIES.locale), headers.get("accept-language")));
