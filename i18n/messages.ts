import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { AbstractIntlMessages } from "next-intl";
import type { Locale } from "./locales";

// Message files do not change while a built console runs; in development they are read again for each request.
const read = new Map<Locale, Promise<AbstractIntlMessages>>();

/** All words of a language: one namespace a file, named as the file. */
export async function messagesOf(locale: Locale): Promise<AbstractIntlMessages> {
  const known = read.get(locale);
  if (known && process.env.NODE_ENV === "production") return known;
  const reading = readMessages(locale);
  read.set(locale, reading);
  return reading;
}

async function readMessages(locale: Locale): Promise<AbstractIntlMessages> {
  const folder = path.join(process.cwd(), "messages", locale);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const entries = files.map(async (file) => {
    const text = await readFile(path.join(folder, file), "utf8");
    return [path.basename(file, ".json"), JSON.parse(text) as AbstractIntlMessages] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
