"use client";
import { useTranslations } from "next-intl";
import { Answer } from "@/components/ui/answer";

/**
 * What a page shows in place of itself when drawing it failed: that the database does not answer, where the console says so of itself;
 * else a code to tell. And a way to try again.
 */
export function PageFailed({
  code,
  isDatabaseDown,
  onRetry,
}: {
  code: string | undefined;
  isDatabaseDown: boolean;
  onRetry: () => void;
}) {
  const t = useTranslations("components");
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

// Not Button: a page's failure loads with every page, and its icons and links are not needed here.
function Retry({ onRetry }: { onRetry: () => void }) {
  const t = useTranslations("components");
  return (
    <button type="button" className="btn pri" onClick={onRetry}>
      {t("retry")}
    </button>
  );
}
