"use client";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { StatusMark } from "@/components/ui/status-mark";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/components/ui/use-format";
import { deleteMark, marksQuery, refetchMarks, type ChartSpan } from "@/lib/api-client/cluster";
import { happeningsOf, isDrawn, isIncident, type Happening } from "./chart-marks";
import styles from "./cluster.module.css";
import { useHappeningWords } from "./use-happening-words";

const MOST_ROWS = 50;

/** What happened in the span, in words: the lines on the charts and what ended them. Of one node, if it is named. */
export default function HappenedPanel({ span, mayMark, node }: { span: ChartSpan; mayMark: boolean; node?: string }) {
  const t = useTranslations("cluster.happened");
  const { data } = useQuery({ ...marksQuery(span), placeholderData: keepPreviousData });
  const all = data ? happeningsOf(data) : [];
  const own = node === undefined ? all : all.filter((each) => isOf(each, node));
  return (
    <Panel title={t("title")} sub={data?.truncated ? t("truncated") : null} className={styles.nodes}>
      {own.length === 0 ? (
        <p className={styles.quiet}>{t(data ? "none" : "wait")}</p>
      ) : (
        <ul className={styles.happened}>
          {own.slice(0, MOST_ROWS).map((happening) => (
            <Row
              key={`${happening.at} ${happening.kind === "state" ? happening.node : ""}`}
              happening={happening}
              mayMark={mayMark}
            />
          ))}
        </ul>
      )}
      {own.length > MOST_ROWS ? <p className={styles.quiet}>{t("more", { count: own.length - MOST_ROWS })}</p> : null}
    </Panel>
  );
}

const isOf = (happening: Happening, node: string): boolean =>
  happening.kind === "state" ? happening.node === node : happening.kind === "split" && happening.nodes.includes(node);

function Row({ happening, mayMark }: { happening: Happening; mayMark: boolean }) {
  const t = useTranslations("cluster.happened");
  const words = useHappeningWords();
  const format = useFormat();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: deleteMark,
    onSuccess: () => refetchMarks(queryClient),
    onError: (error) => toast.failed({ title: t("notRemoved"), detail: error.message }),
  });
  const isBad = isDrawn(happening) && isIncident(happening);
  return (
    <li>
      <time dateTime={new Date(happening.at).toISOString()} title={format.exact(happening.at)}>
        {format.shortDay(happening.at)} {format.clock(happening.at)}
      </time>
      {isBad ? <StatusMark status="trouble" size={14} /> : <StatusMark status="online" size={14} />}
      <span>
        {words(happening)}
        {happening.kind === "split" ? (
          <span className="t3">
            {" "}
            {happening.until === null
              ? t("goesOn")
              : t("healed", { duration: format.duration(happening.until - happening.at) })}
          </span>
        ) : null}
      </span>
      {happening.kind === "mark" ? (
        <span className="sp row">
          <span className="t3">{t("by", { kind: t(`kinds.${happening.mark}`), name: happening.markedBy })}</span>
          {mayMark ? (
            <Button
              kind="ghost"
              size="small"
              icon="close"
              busy={remove.isPending}
              aria-label={t("remove", { title: happening.title })}
              onClick={() => remove.mutate(happening.id)}
            />
          ) : null}
        </span>
      ) : null}
    </li>
  );
}
