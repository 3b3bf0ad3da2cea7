"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useQueryState } from "nuqs";
import { useState, type ReactNode } from "react";
import { Age, ClockTime, Until } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { Button, ButtonLink } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Failure } from "@/components/ui/failure";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menu";
import type { Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { cancelLogRequest, logRequestQuery } from "@/lib/api-client/diagnostics";
import { downloadPath, logSummaryQuery } from "@/lib/api-client/logs";
import type { LogRequestLife } from "@/lib/diagnostics/get-log-request";
import type { LogRequestState } from "@/lib/diagnostics/schemas";
import { isFinal } from "@/lib/diagnostics/terms";
import { visibleText } from "@/lib/format/visible-text";
import { Why } from "../why";
import { logSearchParams } from "./log-search";

const STATUS: Record<LogRequestState, Status> = {
  draft: "offline_queued",
  waiting: "offline_queued",
  sent: "busy",
  delivered: "busy",
  accepted: "busy",
  uploading: "busy",
  received: "busy",
  ready: "online",
  declined: "offline_gone",
  failed: "trouble",
  expired: "offline_gone",
  cancelled: "offline_gone",
};

/** The request in a sentence: what its log says, or why there is none yet. */
export function LogRequestAnswer({ life, mayRequest }: { life: LogRequestLife; mayRequest: boolean }) {
  const t = useTranslations("diagnostics");
  const isOpen = !isFinal(life.state);
  const failed = life.state === "ready" && (life.failedCalls ?? 0) > 0;
  const waitsForUs = life.state === "waiting" && life.phone?.state === "unknown";
  return (
    <Answer
      status={failed ? "trouble" : waitsForUs ? "unknown" : STATUS[life.state]}
      proofs={<Proofs life={life} isOpen={isOpen} />}
      actions={
        mayRequest && isOpen ? (
          <CancelButton life={life} />
        ) : life.state === "ready" && life.mayReadLog ? (
          <LogActions life={life} mayRequest={mayRequest} />
        ) : mayRequest ? (
          <ButtonLink icon="again" href={`/diagnostics?new=true&clientId=${encodeURIComponent(life.clientId)}`}>
            {t("askAgain")}
          </ButtonLink>
        ) : null
      }
    >
      {life.state === "ready" ? <ReadySentence life={life} /> : <Why card={life} />}
    </Answer>
  );
}

function ReadySentence({ life }: { life: LogRequestLife }) {
  const t = useTranslations("diagnostics.sentence");
  const format = useFormat();
  const { data: summary } = useQuery({ ...logSummaryQuery(life.id), enabled: life.mayReadLog });
  const calls = life.calls ?? 0;
  const failed = life.failedCalls ?? 0;
  const worst = summary?.worstEndpoint;
  const told = t("calls", { calls, shownCalls: format.count(calls), failed, shownFailed: format.count(failed) });
  if (!worst || failed === 0) return told;
  const share = { failed: worst.failed, shown: format.count(worst.failed), endpoint: visibleText(worst.endpoint) };
  return `${told} ${worst.failed === failed ? t("allWorst", share) : t("worst", share)}`;
}

function Proofs({ life, isOpen }: { life: LogRequestLife; isOpen: boolean }) {
  const t = useTranslations("diagnostics.proof");
  const format = useFormat();
  const [firstDay, lastDay] = [life.firstCallAt, life.lastCallAt].map((at) => at && format.shortDay(Date.parse(at)));
  const age = (): ReactNode => <Age at={life.requestedAt} />;
  const until = (): ReactNode => <Until at={life.expiresAt} />;
  return (
    <>
      <span className="proof">
        <Icon name="phone" size={14} />
        <Link className="link mono" href={`/presence/${encodeURIComponent(life.clientId)}`}>
          {life.clientId}
        </Link>
      </span>
      {life.firstCallAt && life.lastCallAt ? (
        <span className="proof">
          <Icon name="clock" size={14} />
          <span>
            {firstDay} <ClockTime at={life.firstCallAt} precision="minute" /> –{" "}
            {lastDay === firstDay ? "" : `${lastDay} `}
            <ClockTime at={life.lastCallAt} precision="minute" />
            {life.announcedBytes ? `, ${format.bytes(life.announcedBytes)}` : ""}
          </span>
        </span>
      ) : null}
      <span className="proof">
        <span>
          {t.rich("asked", {
            name: life.requestedByName,
            reason: life.reason,
            age,
          })}
        </span>
      </span>
      {life.late ? <span className="proof">{t("late")}</span> : null}
      {life.onlyFailed ? <span className="proof">{t("onlyFailed")}</span> : null}
      {life.wifiOnly ? <span className="proof">{t("wifiOnly")}</span> : null}
      {life.ticket ? <span className="proof mono">{life.ticket}</span> : null}
      {isOpen ? (
        <span className="proof">
          <span>{t.rich("expires", { until })}</span>
        </span>
      ) : null}
    </>
  );
}

function LogActions({ life, mayRequest }: { life: LogRequestLife; mayRequest: boolean }) {
  const t = useTranslations("log.actions");
  const ask = useTranslations("diagnostics");
  const [, setTab] = useQueryState("tab", logSearchParams.tab);
  return (
    <>
      <Button icon="columns" onClick={() => void setTab("compare")}>
        {t("compare")}
      </Button>
      <Menu
        trigger={<Button icon="download">{t("redacted")}</Button>}
        items={[
          ...(["ndjson", "csv", "har"] as const).map((format) => ({
            kind: "action" as const,
            key: format,
            label: t(format),
            icon: "download" as const,
            onSelect: () => window.location.assign(downloadPath(life.id, format)),
          })),
          { kind: "line", key: "line" },
          { kind: "action", key: "share", label: t("share"), icon: "link", onSelect: () => void setTab("file") },
          ...(mayRequest
            ? [
                {
                  kind: "link" as const,
                  key: "again",
                  label: ask("askAgain"),
                  icon: "again" as const,
                  href: `/diagnostics?new=true&clientId=${encodeURIComponent(life.clientId)}`,
                },
              ]
            : []),
        ]}
      />
    </>
  );
}

function CancelButton({ life }: { life: LogRequestLife }) {
  const t = useTranslations("diagnostics.cancel");
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelLogRequest(life.id),
    onSuccess: () => setOpen(false),
    onSettled: () => queryClient.invalidateQueries({ queryKey: logRequestQuery(life.id).queryKey }),
  });
  return (
    <>
      <Button kind="danger" onClick={() => setOpen(true)}>
        {t("open")}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t("title")}
        lead={t("lead", { clientId: life.clientId })}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{t("keep")}</Button>
            <Button kind="danger-fill" busy={cancel.isPending} onClick={() => cancel.mutate()}>
              {t("confirm")}
            </Button>
          </>
        }
      >
        <Failure title={t("failed")} error={cancel.error} />
      </Dialog>
    </>
  );
}
