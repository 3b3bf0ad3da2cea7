"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "./button";
import { StatusMark } from "./status-mark";

/** What failed, what is shown instead or what to do, and Retry. */
export function ErrorState({
  title,
  children,
  onRetry,
}: {
  title: ReactNode;
  children?: ReactNode;
  onRetry?: () => void;
}) {
  const t = useTranslations("components");
  return (
    <div className="state" role="alert">
      <StatusMark status="trouble" size={20} />
      <b className="b">{title}</b>
      {children ? <span className="t2">{children}</span> : null}
      {onRetry ? (
        <Button icon="again" onClick={onRetry}>
          {t("retry")}
        </Button>
      ) : null}
    </div>
  );
}
