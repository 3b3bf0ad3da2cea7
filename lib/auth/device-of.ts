import Bowser from "bowser";

const MOST_CHARACTERS = 80;

/** A browser and its system in a few words, by what it calls itself: "Chrome 141, Windows"; empty when that says nothing. */
export function deviceOf(userAgent: string | null): string {
  if (!userAgent) return "";
  const { browser, os, platform } = Bowser.parse(userAgent.slice(0, 512));
  const name = [browser.name, browser.version?.split(".")[0]].filter(Boolean).join(" ");
  return [name, platform.model ?? os.name].filter(Boolean).join(", ").slice(0, MOST_CHARACTERS);
}
