"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { endpointsQuery } from "@/lib/api-client/logs";
import type { EndpointRow } from "@/lib/diagnostics/list-endpoints";
import { visibleText } from "@/lib/format/visible-text";
import { splitEndpoint } from "./line-path";
import { CLEARED, logSearchParams } from "./log-search";
import styles from "./log.module.css";

const FIRST = 25;

/** A log's endpoints: how often each was called and failed, and how long it took. */
export function EndpointsTable({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("log.endpoints");
  const format = useFormat();
  const query = useQuery(endpointsQuery(logRequestId));
  const [isWhole, setWhole] = useState(false);
  if (!query.data) return <Awaited query={query} failed={t("failed")} rows={10} />;
  const rows = isWhole ? query.data : query.data.slice(0, FIRST);
  const scale = logScale(query.data);
  return (
    <Panel
      className={styles.view}
      footer={
        <>
          <span>{t("shown", { shown: format.count(rows.length), count: format.count(query.data.length) })}</span>
          {rows.length < query.data.length ? (
            <span className="sp">
              <Button kind="ghost" size="small" onClick={() => setWhole(true)}>
                {t("all")}
              </Button>
            </span>
          ) : null}
        </>
      }
    >
      <div className="scroll">
        <table className={`tight ${styles.endpoints}`}>
          <thead>
            <tr>
              <th scope="col">{t("columns.method")}</th>
              <th scope="col">{t("columns.endpoint")}</th>
              <th scope="col" className="r">
                {t("columns.calls")}
              </th>
              <th scope="col" className="r" aria-sort="descending">
                {t("columns.failed")}
              </th>
              <th scope="col">{t("columns.share")}</th>
              <th scope="col" className="r">
                p50
              </th>
              <th scope="col" className="r">
                p95
              </th>
              <th scope="col" className="r">
                p99
              </th>
              <th scope="col" className="r">
                {t("columns.bytes")}
              </th>
              <th scope="col" className={styles.range}>
                {t("range", { from: format.duration(scale.fromMs), to: format.duration(scale.toMs) })}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.endpoint} row={row} scale={scale} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

interface Scale {
  fromMs: number;
  toMs: number;
  /** 0 to 1. */
  at: (ms: number) => number;
}

function logScale(rows: readonly EndpointRow[]): Scale {
  const fromMs = Math.max(1, Math.min(...rows.flatMap(({ p50Ms }) => p50Ms ?? [])));
  const toMs = Math.max(fromMs * 2, ...rows.flatMap(({ p95Ms }) => p95Ms ?? []));
  if (!Number.isFinite(fromMs)) return { fromMs: 1, toMs: 2, at: () => 0 };
  return { fromMs, toMs, at: (ms) => Math.min(1, Math.max(0, Math.log(ms / fromMs) / Math.log(toMs / fromMs))) };
}

function Row({ row, scale }: { row: EndpointRow; scale: Scale }) {
  const t = useTranslations("log.endpoints");
  const format = useFormat();
  const [, setSearch] = useQueryStates(logSearchParams);
  const { method, path } = splitEndpoint(row.endpoint);
  const share = row.failed / row.calls;
  const percent = (at: number): string => `${at * 100}%`;
  const took = (ms: number | null): string => (ms === null ? "–" : format.duration(Math.round(ms)));
  const [low, high] = [scale.at(row.p50Ms ?? scale.fromMs), scale.at(row.p95Ms ?? scale.fromMs)];
  const show = (onlyFailed: boolean): void =>
    void setSearch({
      ...CLEARED,
      tab: "calls",
      endpoint: row.endpoint,
      ...(onlyFailed ? { classes: ["4xx", "5xx", "none"], line: row.firstFailure } : { line: null }),
    });
  return (
    <tr>
      <td className="mono">{method}</td>
      <th scope="row" className="mono">
        <button type="button" dir="auto" className={styles.pick} onClick={() => show(false)}>
          {visibleText(path)}
        </button>
      </th>
      <td className="r">{format.count(row.calls)}</td>
      <td className="r">
        {row.failed === 0 ? (
          <span className="t3">0</span>
        ) : (
          <button type="button" className={`${styles.pick} b`} onClick={() => show(true)}>
            {format.count(row.failed)}
          </button>
        )}
      </td>
      <td className="nw">
        {share === 0 ? (
          <span className="t3">{t("none")}</span>
        ) : (
          <>
            <i className={styles.share} style={{ width: `max(2px, ${share * 72}px)` }} />
            {format.count(share * 100, share < 0.1 ? 1 : 0)} %
          </>
        )}
      </td>
      <td className="r">{took(row.p50Ms)}</td>
      <td className="r">{took(row.p95Ms)}</td>
      <td className="r">{took(row.p99Ms)}</td>
      <td className="r">{format.bytes(row.bytes)}</td>
      <td className={styles.range} aria-label={`${took(row.p50Ms)} – ${took(row.p95Ms)}`}>
        {row.p50Ms === null ? null : (
          <span className={styles.spread} aria-hidden="true">
            <i style={{ left: percent(low), width: percent(Math.max(0, high - low)) }} />
            <b style={{ left: percent(low) }} />
            <u style={{ left: percent(high) }} />
          </span>
        )}
      </td>
    </tr>
  );
}
