"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Age, Until } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { CopyText } from "@/components/ui/copy-text";
import { Failure } from "@/components/ui/failure";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { useFormat } from "@/components/ui/use-format";
import { revokeShare, shareLog, sharesQuery } from "@/lib/api-client/logs";
import type { LogShare } from "@/lib/diagnostics/log-shares";
import styles from "./log.module.css";

const HOURS = ["1", "24", "168"] as const;

/** Links to this log: who made them, until when they open, how often they were opened; and a new one. */
export function SharesPanel({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("log.share");
  const query = useQuery(sharesQuery(logRequestId));
  return (
    <Panel title={t("title")} sub={t("about")}>
      <NewShare logRequestId={logRequestId} />
      {query.data ? null : <Awaited query={query} failed={t("failed")} rows={2} />}
      <ul className={styles.shares}>
        {query.data?.map((share) => (
          <ShareRow key={share.id} logRequestId={logRequestId} share={share} />
        ))}
      </ul>
    </Panel>
  );
}

function NewShare({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("log.share");
  const queryClient = useQueryClient();
  const [hours, setHours] = useState<(typeof HOURS)[number]>("24");
  const [lines, setLines] = useState({ first: "", last: "" });
  const part =
    lines.first !== "" && lines.last !== "" ? { first: Number(lines.first), last: Number(lines.last) } : null;
  const share = useMutation({
    mutationFn: () => shareLog(logRequestId, { lines: part, expiresInHours: Number(hours) }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sharesQuery(logRequestId).queryKey }),
  });
  return (
    <form
      className={styles.newShare}
      onSubmit={(event) => {
        event.preventDefault();
        if (!share.isPending) share.mutate();
      }}
    >
      {(["first", "last"] as const).map((name) => (
        <input
          key={name}
          className="in"
          type="number"
          min={1}
          aria-label={t(name)}
          placeholder={t(name)}
          value={lines[name]}
          onChange={(event) => setLines({ ...lines, [name]: event.target.value })}
        />
      ))}
      <Select
        aria-label={t("expires")}
        value={hours}
        options={HOURS.map((value) => ({ value, label: t(`hours.${value}`) }))}
        onChange={setHours}
      />
      <Button type="submit" icon="link" busy={share.isPending}>
        {t("make")}
      </Button>
      <Failure error={share.error} />
    </form>
  );
}

function ShareRow({ logRequestId, share }: { logRequestId: string; share: LogShare }) {
  const t = useTranslations("log.share");
  const format = useFormat();
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeShare(share.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sharesQuery(logRequestId).queryKey }),
  });
  const path = `/diagnostics/shared/${share.id}`;
  const isOver = share.revokedAt !== null;
  return (
    <li>
      {isOver ? (
        <s className="mono t3">{path}</s>
      ) : (
        <CopyText text={new URL(path, window.location.origin).href} shown={path} />
      )}
      <span className="t2">
        {share.lines
          ? t("part", { first: format.count(share.lines.first), last: format.count(share.lines.last) })
          : t("whole")}
        {" · "}
        {t("views", { count: share.views })}
        {" · "}
        {share.revokedAt ? (
          <>
            {t("revoked")} <Age at={share.revokedAt} />
          </>
        ) : (
          <>
            {t("ends")} <Until at={share.expiresAt} />
          </>
        )}
        {" · "}
        {share.createdByName}
      </span>
      {isOver ? null : (
        <Button kind="ghost" size="small" busy={revoke.isPending} onClick={() => revoke.mutate()}>
          {t("revoke")}
        </Button>
      )}
    </li>
  );
}
