"use client";

import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import { knownWord } from "@/i18n/known-word";
import type { AuditEntry } from "@/lib/audit/schemas";
import { visibleText } from "@/lib/format/visible-text";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z$/;
// An identifier tells nothing beside others at a glance, nor does what was not so.
const isTelling = (name: string, value: unknown): boolean => value !== false && !/Ids?$|^unmask/.test(name);

/** What was kept of an entry beside its columns, in the reader's words; `isTelling` of what its line has room for. */
export function useDetails({ details }: AuditEntry): { key: string; name: string; said: string; isTelling: boolean }[] {
  const t = useTranslations("audit");
  const format = useFormat();
  const say = (name: string, value: unknown): string => {
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (typeof value === "number")
      return name.endsWith("Bytes")
        ? format.bytes(value)
        : name.endsWith("Ms")
          ? format.duration(value)
          : format.count(value);
    if (typeof value === "string") return INSTANT.test(value) ? format.exact(value) : visibleText(value);
    if (Array.isArray(value)) return value.map((one) => say(name, one)).join(", ");
    if (typeof value === "object" && value !== null)
      return Object.entries(value)
        .map(([part, held]) => `${part} ${say(part, held)}`)
        .join(", ");
    return "–";
  };
  return Object.entries(details)
    .filter(([name, value]) => name !== "refused" && value !== null && value !== "")
    .map(([name, value]) => ({
      key: name,
      name: knownWord(t, `details.${name}`) ?? spelledOut(name),
      said: say(name, value),
      isTelling: isTelling(name, value),
    }));
}

/** "mostRecipients" as "most recipients", of what has no words. */
const spelledOut = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
