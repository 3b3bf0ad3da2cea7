"use client";
import { useTranslations } from "next-intl";
import { Answer } from "@/components/ui/answer";
import { Button } from "@/components/ui/button";

/** What a page shows in place of itself when drawing it failed: a code to tell, and a way to try again. */
export function PageFailed({ code, onRetry }: { code: string | undefined; onRetry: () => void }) {
  const t = useTranslations("components");
  return (
    <Answer
      status="trouble"
      proofs={code === undefined ? t("failed.aboutWithoutCode") : t("failed.about", { code })}
      actions={
        <Button kind="primary" icon="again" onClick={onRetry}>
          {t("retry")}
        </Button>
      }
    >
      {t("failed.title")}
    </Answer>
  );
}
