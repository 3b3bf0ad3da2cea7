"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import { Until } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextArea } from "@/components/ui/field";
import { Facts, Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { knownWord } from "@/i18n/known-word";
import { deleteLog, logSummaryQuery, openOriginal } from "@/lib/api-client/logs";
import type { LogFacts } from "@/lib/diagnostics/summarise-log";
import { visibleText } from "@/lib/format/visible-text";
import styles from "./log.module.css";
import { SharesPanel } from "./shares-panel";

/** The file itself: what was taken out of it, how far its clock was off, how long its parts are kept, who was given a link. */
export function FilePanel({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("log.file");
  const query = useQuery(logSummaryQuery(logRequestId));
  if (!query.data) return <Awaited query={query} failed={t("failed")} rows={8} />;
  const { facts } = query.data;
  return (
    <div className={styles.filePanels}>
      <Redacted facts={facts} />
      <Kept logRequestId={logRequestId} facts={facts} />
      <SharesPanel logRequestId={logRequestId} />
    </div>
  );
}

function Redacted({ facts }: { facts: LogFacts }) {
  const t = useTranslations("log.file");
  const kinds = useTranslations("log.redacted");
  const format = useFormat();
  const counts = Object.entries(facts.redacted).toSorted(([, a], [, b]) => b - a);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <Panel
      title={t("redacted")}
      sub={total === 0 ? t("nothingRedacted") : t("redactedTotal", { count: format.count(total) })}
    >
      <Facts
        rows={counts.map(([kind, count]) => ({
          key: kind,
          name: knownWord(kinds, kind) ?? kind,
          value: format.count(count),
        }))}
      />
    </Panel>
  );
}

function Kept({ logRequestId, facts }: { logRequestId: string; facts: LogFacts }) {
  const t = useTranslations("log.file");
  const format = useFormat();
  const [asked, setAsked] = useState<"original" | "delete" | null>(null);
  const { app, clockAheadMs, storedBytes, until, originalUntil } = facts;
  const clock =
    clockAheadMs === null
      ? t("clockUnknown")
      : clockAheadMs === 0
        ? t("clockRight")
        : t(clockAheadMs > 0 ? "clockAhead" : "clockBehind", { length: format.duration(Math.abs(clockAheadMs)) });
  const row = (key: Parameters<typeof t>[0], value: ReactNode) => ({ key, name: t(key), value });
  const rows = [
    row("form", t(`format.${facts.format}`)),
    ...(app ? [row("app", visibleText(app))] : []),
    row("clock", clock),
    ...(storedBytes === null ? [] : [row("stored", format.bytes(storedBytes))]),
    row("logKept", until ? <Until at={until} /> : "–"),
    row("originalKept", originalUntil ? <Until at={originalUntil} /> : t("originalGone")),
  ];
  return (
    <Panel title={t("kept")} sub={t("keptAbout")}>
      <Facts rows={rows} />
      <div className={styles.fileActions}>
        {facts.mayReadOriginal && originalUntil ? (
          <Button icon="download" onClick={() => setAsked("original")}>
            {t("openOriginal")}
          </Button>
        ) : null}
        {facts.mayDelete ? (
          <Button kind="danger" onClick={() => setAsked("delete")}>
            {t("delete")}
          </Button>
        ) : null}
      </div>
      {asked ? (
        <ReasonDialog key={asked} what={asked} logRequestId={logRequestId} onClose={() => setAsked(null)} />
      ) : null}
    </Panel>
  );
}

/** Why the original is opened, or the log deleted: in the audit with the name. */
function ReasonDialog({
  what,
  logRequestId,
  onClose,
}: {
  what: "original" | "delete";
  logRequestId: string;
  onClose: () => void;
}) {
  const t = useTranslations("log.file");
  const router = useRouter();
  const [reason, setReason] = useState("");
  const act = useMutation({
    mutationFn: async () => {
      if (what === "delete") return deleteLog(logRequestId, reason);
      saveAs(await openOriginal(logRequestId, reason), `original-${logRequestId}`);
    },
    onSuccess: () => {
      if (what === "delete") router.push("/diagnostics");
      else onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`${what}Title`)}
      lead={t(`${what}Lead`)}
      footer={
        <DialogActions onCancel={onClose}>
          <Button
            kind={what === "delete" ? "danger-fill" : "primary"}
            busy={act.isPending}
            disabled={reason.trim().length < 3}
            onClick={() => act.mutate()}
          >
            {t(what === "delete" ? "delete" : "openOriginal")}
          </Button>
        </DialogActions>
      }
    >
      <TextArea
        label={t("reason")}
        help={t("reasonHelp")}
        rows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Failure error={act.error} />
    </Dialog>
  );
}

function saveAs(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  // The browser has taken the blob by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
