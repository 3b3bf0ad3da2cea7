"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Failure } from "@/components/ui/failure";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { bulksQuery, cancelBulk, resumeBulk } from "@/lib/api-client/diagnostics";
import type { LogRequestBulk } from "@/lib/diagnostics/bulk/read-bulks";
import styles from "./diagnostics.module.css";

/** Requests to many phones, each as one: how far it is, why some failed, and the ways to end it or go on. */
export default function BulkPanel({ mayRequest }: { mayRequest: boolean }) {
  const t = useTranslations("diagnostics.bulk");
  const { data: bulks } = useQuery(bulksQuery());
  if (!bulks?.length) return null;
  return (
    <Panel title={t("title")} sub={t("sub")} className={styles.bulks}>
      <ul>
        {bulks.map((bulk) => (
          <BulkRow key={bulk.bulkId} bulk={bulk} mayRequest={mayRequest} />
        ))}
      </ul>
    </Panel>
  );
}

function BulkRow({ bulk, mayRequest }: { bulk: LogRequestBulk; mayRequest: boolean }) {
  const t = useTranslations("diagnostics.bulk");
  const words = useTranslations("diagnostics.failure");
  const format = useFormat();
  const { ready, failed, waiting, open } = sumOf(bulk);
  const [worst] = bulk.failures;
  const sums = { ready, open, waiting, failed };
  const counted = (["ready", "open", "waiting", "failed"] as const)
    .filter((what) => sums[what] > 0)
    .map((what) => t(`counts.${what}`, { requests: format.count(sums[what]) }))
    .join(", ");
  const plain = (chunks: ReactNode): ReactNode => chunks;
  return (
    <li className={styles.bulk}>
      <div className={styles.bulkHead}>
        <b className="b">{bulk.reason}</b>
        {bulk.ticket ? <span className="mono t3">{bulk.ticket}</span> : null}
        <span className="t3">
          {bulk.requestedByName} · <Age at={bulk.requestedAt} />
        </span>
      </div>
      <progress
        className={styles.progress}
        max={Math.max(1, bulk.total)}
        value={ready + failed}
        aria-label={t("progress", { reason: bulk.reason })}
      />
      <p className="t2">
        {t(`state.${bulk.state}`, { made: format.count(bulk.made), total: format.count(bulk.total) })}{" "}
        {counted ? `${counted}. ` : null}
        {bulk.secondsLeft ? t("left", { duration: format.duration(bulk.secondsLeft * 1_000) }) : null}
        {bulk.state === "held" && worst ? words.rich(worst.failure, { b: plain }) : null}
      </p>
      {mayRequest ? <BulkActions bulk={bulk} open={open + waiting} /> : null}
    </li>
  );
}

const FAILED = ["declined", "failed", "expired"];

function sumOf({ counts }: LogRequestBulk) {
  const of = (states: readonly string[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return {
    ready: of(["ready"]),
    failed: of(FAILED),
    waiting: of(["draft", "waiting"]),
    open: of(["sent", "delivered", "accepted", "uploading", "received"]),
  };
}

function BulkActions({ bulk, open }: { bulk: LogRequestBulk; open: number }) {
  const t = useTranslations("diagnostics.bulk");
  const format = useFormat();
  const [asks, setAsks] = useState(false);
  const cancel = useMutation({ mutationFn: () => cancelBulk(bulk.bulkId), onSuccess: () => setAsks(false) });
  const resume = useMutation({ mutationFn: () => resumeBulk(bulk.bulkId) });
  if (bulk.state === "cancelled" || (bulk.state === "done" && open === 0)) return null;
  return (
    <div className="row">
      {bulk.state === "held" ? (
        <Button size="small" busy={resume.isPending} onClick={() => resume.mutate()}>
          {t("resume")}
        </Button>
      ) : null}
      <Button size="small" kind="danger" onClick={() => setAsks(true)}>
        {t("cancel")}
      </Button>
      <Failure error={resume.error} />
      {asks ? (
        <ConfirmDialog
          words={{
            title: t("cancelTitle"),
            lead: t("cancelLead", { count: open, shown: format.count(open) }),
            submit: t("cancel"),
          }}
          act={cancel}
          onClose={() => setAsks(false)}
        />
      ) : null}
    </div>
  );
}
