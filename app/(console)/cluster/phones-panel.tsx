"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { ChartCursor } from "@/components/charts/cursor";
import { LineChart } from "@/components/charts/line-chart";
import { INK, SECOND_INK, THIRD_INK } from "@/components/charts/tones";
import { Awaited } from "@/components/ui/awaited";
import { Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { hooksQuery, MOST_HOOK_SPAN_MS, spanEnds, type ChartSpan } from "@/lib/api-client/cluster";
import type { HookSeries } from "@/lib/cluster/read-hook-series";
import styles from "./phones.module.css";
import { useRefusalWords } from "./use-refusal-words";

/** Whether phones are let in: how long sign-ins take and how they end, by node and by reason. */
export default function PhonesPanel({ view }: { view: { span: ChartSpan; only: string | null } }) {
  const t = useTranslations("cluster.phones");
  const { span, only } = view;
  const { from, to } = spanEnds(span, 0);
  const isTooLong = to - from > MOST_HOOK_SPAN_MS;
  const answered = useQuery({
    ...hooksQuery(span, only === null ? undefined : [only]),
    placeholderData: keepPreviousData,
    enabled: !isTooLong,
  });
  const { data } = answered;
  return (
    <Panel title={t("title")} sub={t("sub")} className={styles.panel}>
      {isTooLong ? (
        <p className={styles.quiet}>{t("tooLong")}</p>
      ) : data ? (
        <Answered hooks={data} />
      ) : (
        <Awaited query={answered} rows={6} />
      )}
    </Panel>
  );
}

function Answered({ hooks }: { hooks: HookSeries }) {
  const t = useTranslations("cluster.phones");
  const format = useFormat();
  const sum = (of: "ok" | "denied" | "failed") => hooks.totals.reduce((total, each) => total + each[of], 0);
  const [ok, denied, failed] = [sum("ok"), sum("denied"), sum("failed")];
  const all = ok + denied + failed;
  if (all === 0) return <p className={styles.quiet}>{t("none")}</p>;
  const counts = { all, count: format.count(all), percent: format.count((ok / all) * 100, ok === all ? 0 : 1) };
  return (
    <>
      <p className={styles.answer}>
        <StatusWord status={failed > 0 || denied > ok ? "trouble" : "online"}>
          {t(failed > 0 ? "someFailed" : denied > 0 ? "someDenied" : "allIn", { ...counts, failed, denied })}
        </StatusWord>
      </p>
      <div className={styles.parts}>
        <Latency hooks={hooks} />
        <Reasons hooks={hooks} />
      </div>
      <ByNode hooks={hooks} />
    </>
  );
}

// Of the slowest node, whichever it is, so in no node's hue; the longest waits stand out.
const PERCENTILES = [
  { key: "p50", name: "p50", tone: THIRD_INK },
  { key: "p95", name: "p95", tone: SECOND_INK },
  { key: "p99", name: "p99", tone: INK },
];

function Latency({ hooks }: { hooks: HookSeries }) {
  const t = useTranslations("cluster.phones");
  const ms = useMs();
  // The worst node at each moment: the one phones wait for.
  const rows = useMemo(
    () =>
      hooks.at.map((at, index) => {
        const worst = (of: "p50" | "p95" | "p99") => {
          const known = hooks.lines.flatMap((line) => line[of][index] ?? []);
          return known.length === 0 ? null : Math.max(...known);
        };
        return { at, values: { p50: worst("p50"), p95: worst("p95"), p99: worst("p99") } };
      }),
    [hooks],
  );
  const from = hooks.at[0] ?? 0;
  return (
    <div className={styles.part}>
      <h3 className="h3">{t("latency")}</h3>
      <ChartCursor>
        <LineChart
          label={t("latency")}
          series={PERCENTILES}
          rows={rows}
          from={from}
          to={hooks.at.at(-1) ?? from + 1}
          format={ms}
          axis={ms}
          zero
        />
      </ChartCursor>
    </div>
  );
}

function Reasons({ hooks }: { hooks: HookSeries }) {
  const t = useTranslations("cluster.phones");
  const words = useRefusalWords();
  const format = useFormat();
  const counts = new Map<string, number>();
  for (const { reason, count } of hooks.refusals) counts.set(reason, (counts.get(reason) ?? 0) + count);
  const reasons = [...counts].toSorted((a, b) => b[1] - a[1]);
  const most = reasons[0]?.[1] ?? 1;
  return (
    <div className={styles.part}>
      <h3 className="h3">{t("reasons")}</h3>
      {reasons.length === 0 ? (
        <p className={styles.none}>{t("noReasons")}</p>
      ) : (
        <ul className={styles.reasons}>
          {reasons.map(([reason, count]) => (
            <li key={reason}>
              <span>{words(reason)}</span>
              <b className="b">{format.count(count)}</b>
              <i style={{ width: `${(count / most) * 100}%` }} aria-hidden="true" />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function ByNode({ hooks }: { hooks: HookSeries }) {
  const t = useTranslations("cluster.phones");
  const words = useRefusalWords();
  const format = useFormat();
  const read = useMs();
  const ms = (value: number | null) => (value === null ? "—" : read(value));
  return (
    <div className={`scroll ${styles.ruled}`}>
      <table className="tight">
        <thead>
          <tr>
            <th>{t("node")}</th>
            <th className="r">{t("ok")}</th>
            <th className="r">{t("denied")}</th>
            <th className="r">{t("failed")}</th>
            <th className="r">p50</th>
            <th className="r">p95</th>
            <th className="r">p99</th>
            <th>{t("mostly")}</th>
          </tr>
        </thead>
        <tbody>
          {hooks.totals.map((total) => {
            const mostly = hooks.refusals.find((refusal) => refusal.node === total.node);
            return (
              <tr key={`${total.node} ${total.hook}`}>
                <td className="b">{total.node}</td>
                <td className="r">{format.count(total.ok)}</td>
                <td className="r">{format.count(total.denied)}</td>
                <td className="r">{format.count(total.failed)}</td>
                <td className="r">{ms(total.p50)}</td>
                <td className="r">{ms(total.p95)}</td>
                <td className="r">{ms(total.p99)}</td>
                <td className="t2">{mostly ? words(mostly.reason) : "—"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Milliseconds with a tenth while they are few: most answers take less than one. */
function useMs(): (value: number) => string {
  const t = useTranslations("cluster.phones");
  const format = useFormat();
  return (value) => t("ms", { value: format.count(value, value < 10 ? 1 : 0) });
}
