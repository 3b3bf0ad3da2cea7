"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ErrorState } from "./error-state";
import { SkeletonRows } from "./skeleton";

/** In the place of what a query has not brought yet: rows to come, or why there are none and Retry. */
export function Awaited({
  query,
  failed,
  rows,
  rowHeight,
}: {
  query: { error: Error | null; refetch: () => Promise<unknown> };
  /** What failed; the reason itself where nothing is said. */
  failed?: ReactNode;
  rows: number;
  rowHeight?: number;
}) {
  const t = useTranslations("components");
  const { error, refetch } = query;
  if (!error) return <SkeletonRows rows={rows} label={t("loading")} {...(rowHeight ? { rowHeight } : {})} />;
  return (
    <ErrorState title={failed ?? error.message} onRetry={() => void refetch()}>
      {failed ? error.message : null}
    </ErrorState>
  );
}
