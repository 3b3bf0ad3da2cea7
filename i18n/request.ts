import { getRequestConfig } from "next-intl/server";
import { cookies, headers } from "next/headers";
import { DEFAULT_TIME_ZONE, localeOf, VIEWER_COOKIES } from "./locales";
import { messagesOf } from "./messages";

export default getRequestConfig(async () => {
  const jar = await cookies();
  const locale = localeOf(jar.get(VIEWER_COOKIES.locale)?.value, (await headers()).get("accept-language"));
  // Said by the server itself (say.ts): no page carries it to a browser.
  const { server: _server, ...messages } = await messagesOf(locale);
  return { locale, messages, timeZone: timeZoneOf(jar.get(VIEWER_COOKIES.timeZone)?.value) };
});

function timeZoneOf(text: string | undefined): string {
  if (!text) return DEFAULT_TIME_ZONE;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: decodeURIComponent(text) }).resolvedOptions().timeZone;
  } catch {
    return DEFAULT_TIME_ZONE;
  }
}
