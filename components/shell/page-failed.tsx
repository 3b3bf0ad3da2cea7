"use client";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Answer } from "@/components/ui/answer";
import { Button } from "@/components/ui/button";

/**
 * What a page shows in place of itself when drawing it failed: that the database does not answer, where the console says so of itself;
 * else a code to tell. And a way to try again.
 */
export function PageFailed({ code, onRetry }: { code: string | undefined; onRetry: () => void }) {
  const t = useTranslations("components");
  const isDatabaseDown = useDatabaseDown();
  if (isDatabaseDown)
    return (
      <Answer status="unknown" proofs={t("failed.databaseAbout")} actions={<Retry onRetry={onRetry} />}>
        {t("failed.database")}
      </Answer>
    );
  return (
    <Answer
      status="trouble"
      proofs={code === undefined ? t("failed.aboutWithoutCode") : t("failed.about", { code })}
      actions={<Retry onRetry={onRetry} />}
    >
      {t("failed.title")}
    </Answer>
  );
}

function Retry({ onRetry }: { onRetry: () => void }) {
  const t = useTranslations("components");
  return (
    <Button kind="primary" icon="again" onClick={onRetry}>
      {t("retry")}
    </Button>
  );
}

/** Asked once: the console's own readiness needs no session. */
function useDatabaseDown(): boolean {
  const [isDown, setIsDown] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    fetch("/api/readyz", { signal: stop.signal })
      .then(async (response) => {
        const { waitsFor } = (await response.json()) as { waitsFor?: { database?: string | null } };
        setIsDown(typeof waitsFor?.database === "string");
      })
      .catch(() => setIsDown(false));
    return () => stop.abort();
  }, []);
  return isDown;
}
