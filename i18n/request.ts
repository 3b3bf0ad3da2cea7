import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { AbstractIntlMessages } from "next-intl";
import { getRequestConfig } from "next-intl/server";
import { cookies, headers } from "next/headers";
import { DEFAULT_TIME_ZONE, isLocale, preferredLocale, VIEWER_COOKIES, type Locale } from "./locales";

// Message files do not change while a built console runs; in development they are read again for each request.
const read = new Map<Locale, Promise<AbstractIntlMessages>>();

export default getRequestConfig(async () => {
  const jar = await cookies();
  const chosen = jar.get(VIEWER_COOKIES.locale)?.value;
  const locale = isLocale(chosen) ? chosen : preferredLocale((await headers()).get("accept-language") ?? "");
  return { locale, messages: await messagesOf(locale), timeZone: timeZoneOf(jar.get(VIEWER_COOKIES.timeZone)?.value) };
});

async function messagesOf(locale: Locale): Promise<AbstractIntlMessages> {
  const known = read.get(locale);
  if (known && process.env.NODE_ENV === "production") return known;
  const reading = readMessages(locale);
  read.set(locale, reading);
  return reading;
}

/** One namespace a file, named as the file. */
async function readMessages(locale: Locale): Promise<AbstractIntlMessages> {
  const folder = path.join(process.cwd(), "messages", locale);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const entries = files.map(async (file) => {
    const text = await readFile(path.join(folder, file), "utf8");
    return [path.basename(file, ".json"), JSON.parse(text) as AbstractIntlMessages] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function timeZoneOf(text: string | undefined): string {
  if (!text) return DEFAULT_TIME_ZONE;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: decodeURIComponent(text) }).resolvedOptions().timeZone;
  } catch {
    return DEFAULT_TIME_ZONE;
  }
}
