"use client";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { toast } from "./toast";

const SHOWN_MS = 2_000;

/** Copies a text, and says for two seconds that it did; where the browser does not let it, it says so. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<void> } {
  const t = useTranslations("components");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (text: string): Promise<void> => {
    try {
      // A page that came by plain http from another machine has no clipboard.
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast.failed({ title: t("notCopied"), detail: text });
    }
  };
  return { copied, copy };
}
