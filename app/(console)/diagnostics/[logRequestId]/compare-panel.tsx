"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useQueryState, useQueryStates } from "nuqs";
import { useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { comparisonQuery } from "@/lib/api-client/logs";
import type { EndpointFigures, LogComparison } from "@/lib/diagnostics/compare-log";
import { visibleText } from "@/lib/format/visible-text";
import { CLEARED, logSearchParams } from "./log-search";
import styles from "./log.module.css";

// A difference of less is chance more often than not.
const NOTABLE_SHARE = 0.02;

/** This log beside its fleet's, or beside another log by its address or id. */
export function ComparePanel({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("log.compare");
  const [otherId, setOtherId] = useQueryState("with", logSearchParams.with);
  const [typed, setTyped] = useState("");
  const query = useQuery(comparisonQuery(logRequestId, otherId));
  const id = /[0-9a-f]{8}-[0-9a-f-]{27}/i.exec(typed)?.[0];
  return (
    <Panel className={styles.view}>
      <form
        className={styles.filters}
        onSubmit={(event) => {
          event.preventDefault();
          if (id) void setOtherId(id);
        }}
      >
        <span>{query.data ? <With other={query.data.other} /> : t("with")}</span>
        <input
          className={`in ${styles.search}`}
          aria-label={t("other")}
          placeholder={t("other")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" size="small" disabled={!id}>
          {t("compare")}
        </Button>
        {otherId ? (
          <Button kind="ghost" size="small" onClick={() => void setOtherId(null)}>
            {t("toFleet")}
          </Button>
        ) : null}
      </form>
      {query.data ? <Comparison comparison={query.data} /> : null}
      {query.error && !otherId ? (
        <EmptyState icon="columns" title={t("failed")}>
          {query.error.message}
        </EmptyState>
      ) : null}
      {query.data || (query.error && !otherId) ? null : <Awaited query={query} failed={t("failed")} rows={8} />}
    </Panel>
  );
}

function With({ other }: { other: LogComparison["other"] }) {
  const t = useTranslations("log.compare");
  const format = useFormat();
  if (other.kind === "fleet")
    return t("fleet", { app: visibleText(other.app), count: other.logs, shown: format.count(other.logs) });
  return (
    <>
      {t("log")}{" "}
      <Link className="link mono" href={`/diagnostics/${other.logRequestId}`}>
        {other.clientId}
      </Link>
      {other.app ? ` · ${visibleText(other.app)}` : null}
    </>
  );
}

function Comparison({ comparison: { endpoints, other } }: { comparison: LogComparison }) {
  const t = useTranslations("log.compare");
  const format = useFormat();
  const [, setSearch] = useQueryStates(logSearchParams);
  const percent = (share: number): string => `${format.count(share * 100, 1)} %`;
  const notable = endpoints
    .flatMap(({ endpoint, here, there }) => (here && there ? [{ endpoint, here, there }] : []))
    .filter(({ here, there }) => here.failedShare - there.failedShare >= NOTABLE_SHARE)
    .slice(0, 3);
  const cells = (figures: EndpointFigures | null) => (
    <>
      <td className="r">{figures ? format.count(Math.round(figures.calls)) : "–"}</td>
      <td className="r">{figures ? percent(figures.failedShare) : "–"}</td>
      <td className="r">{figures?.p50Ms == null ? "–" : format.duration(Math.round(figures.p50Ms))}</td>
      <td className="r">{figures?.p95Ms == null ? "–" : format.duration(Math.round(figures.p95Ms))}</td>
    </>
  );
  return (
    <>
      <ul className={styles.told}>
        {notable.length === 0 ? <li>{t("alike")}</li> : null}
        {notable.map(({ endpoint, here, there }) => (
          <li key={endpoint}>
            {t(other.kind === "fleet" ? "worseThanFleet" : "worseThanLog", {
              endpoint: visibleText(endpoint),
              here: percent(here.failedShare),
              there: percent(there.failedShare),
            })}
          </li>
        ))}
      </ul>
      <div className="scroll">
        <table className={`tight ${styles.endpoints}`}>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {t("endpoint")}
              </th>
              <th scope="colgroup" colSpan={4}>
                {t("here")}
              </th>
              <th scope="colgroup" colSpan={4}>
                {t(other.kind === "fleet" ? "thereFleet" : "thereLog")}
              </th>
            </tr>
            <tr>
              {["here", "there"].flatMap((side) =>
                (["calls", "failed", "p50", "p95"] as const).map((name) => (
                  <th key={`${side} ${name}`} scope="col" className="r">
                    {name === "calls" ? t("calls") : name === "failed" ? t("failedShare") : name}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {endpoints.map(({ endpoint, here, there }) => (
              <tr key={endpoint}>
                <th scope="row" className="mono">
                  <button
                    type="button"
                    dir="auto"
                    className={styles.pick}
                    onClick={() => void setSearch({ ...CLEARED, tab: "calls", endpoint, line: null })}
                  >
                    {visibleText(endpoint)}
                  </button>
                </th>
                {cells(here)}
                {cells(there)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
