"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { Answer } from "@/components/ui/answer";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Menu } from "@/components/ui/menu";
import { Proof } from "@/components/ui/proof";
import { useFormat } from "@/components/ui/use-format";
import { auditDayQuery, auditExportHref, auditQuery, auditSealingQuery } from "@/lib/api-client/audit";
import type { AuditFilters } from "@/lib/audit/schemas";
import { AuditFiltersBar } from "./audit-filters-bar";
import { auditSearchParams, filtersOf } from "./audit-filters";
import { BrokenSeal, SealingProofs } from "./audit-sealing";
import { AuditTable } from "./audit-table";

/** Who did or saw what, to whom, when and why. */
export function AuditScreen() {
  const t = useTranslations("audit");
  const words = useTranslations("components");
  const format = useFormat();
  const [search, setSearch] = useQueryStates(auditSearchParams, { history: "push" });
  const { data: sealing } = useQuery(auditSealingQuery());
  const filters = filtersOf(search);
  const record = useInfiniteQuery(auditQuery(filters));
  const entries = record.data?.pages.flatMap((page) => page.entries) ?? [];
  const who = search.who && (entries.find(({ actor }) => actor.id === search.who)?.actor.name ?? search.who);

  return (
    <>
      <AuditAnswer onRefresh={() => record.refetch()} />
      <BrokenSeal sealing={sealing} />
      <section className="panel" aria-label={t("title")}>
        <AuditFiltersBar search={search} who={who} onChange={(change) => void setSearch(change)}>
          <ExportMenu filters={filters} />
        </AuditFiltersBar>
        {record.data && entries.length > 0 ? (
          <AuditTable entries={entries} onNarrow={(change) => void setSearch(change)} />
        ) : null}
        {record.data && entries.length === 0 ? (
          <EmptyState icon="audit" title={t("empty.title")}>
            {t("empty.about")}
          </EmptyState>
        ) : null}
        {record.isSuccess ? null : <Awaited query={record} failed={t("failed")} rows={12} />}
        {entries.length > 0 ? (
          <footer>
            <span>{t("shown", { count: entries.length, shown: format.count(entries.length) })}</span>
            {record.hasNextPage ? (
              <Button size="small" busy={record.isFetchingNextPage} onClick={() => void record.fetchNextPage()}>
                {words("older")}
              </Button>
            ) : (
              <span>{t("end")}</span>
            )}
          </footer>
        ) : null}
      </section>
    </>
  );
}

/** The record as it is narrowed, as a file: what was found is more than a page. */
function ExportMenu({ filters }: { filters: AuditFilters }) {
  const t = useTranslations("audit.export");
  return (
    <Menu
      trigger={<Button icon="download">{t("title")}</Button>}
      items={(["csv", "ndjson"] as const).map((format) => ({
        kind: "action",
        key: format,
        label: t(format),
        onSelect: () => window.location.assign(auditExportHref(filters, format)),
      }))}
    />
  );
}

function AuditAnswer({ onRefresh }: { onRefresh: () => Promise<unknown> }) {
  const t = useTranslations("audit");
  const format = useFormat();
  // Not whether the query fetches: by the browser's clock, what the server just read may be old, and the first drawing would be another.
  const [isRefreshing, setIsRefreshing] = useState(false);
  const { data: day, refetch } = useQuery(auditDayQuery());
  const { data: sealing, refetch: refetchSealing } = useQuery(auditSealingQuery());
  const refresh = async (): Promise<void> => {
    setIsRefreshing(true);
    await Promise.all([onRefresh(), refetch(), refetchSealing()]);
    setIsRefreshing(false);
  };
  return (
    <Answer
      status={null}
      proofs={
        <>
          {day ? <Proof at={day.at}>{t("source")}</Proof> : null}
          <SealingProofs sealing={sealing} />
        </>
      }
      actions={
        <Button icon="again" busy={isRefreshing} onClick={() => void refresh()}>
          {t("refresh")}
        </Button>
      }
    >
      {day
        ? t("answer", {
            n: day.entries,
            entries: format.count(day.entries),
            operators: day.operators,
            refused: day.refusedSignIns,
          })
        : t("answerUnknown")}
    </Answer>
  );
}
