"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { beginLogRequest, logRequestQuery } from "@/lib/api-client/diagnostics";
import type { LogRequestLife } from "@/lib/diagnostics/get-log-request";
import { visibleText } from "@/lib/format/visible-text";
import styles from "./log.module.css";

/** The files the phone listed, each to be asked for by its span, or all of them. */
export function InventoryPanel({ life, mayRequest }: { life: LogRequestLife; mayRequest: boolean }) {
  const t = useTranslations("diagnostics.inventory");
  const format = useFormat();
  const queryClient = useQueryClient();
  const begin = useMutation({
    mutationFn: beginLogRequest,
    onSettled: () => queryClient.invalidateQueries({ queryKey: logRequestQuery(life.id).queryKey }),
  });
  const files = life.files ?? [];
  const mayBegin = mayRequest && life.state === "draft" && files.length > 0;
  const instant = (at: string | null | undefined): string =>
    at ? `${format.shortDay(Date.parse(at))} ${format.clock(Date.parse(at), "minute")}` : "?";
  return (
    <Panel
      title={t("title")}
      sub={t("sub")}
      actions={
        mayBegin ? (
          <Button
            kind="primary"
            size="small"
            busy={begin.isPending}
            onClick={() => begin.mutate({ logRequestId: life.id })}
          >
            {t("askAll")}
          </Button>
        ) : null
      }
    >
      <Failure title={t("failed")} error={begin.error} />
      <ul className={styles.files}>
        {files.map((file) => (
          <li key={`${file.name} ${file.start} ${file.end} ${file.bytes}`}>
            <bdi className="mono trunc">{visibleText(file.name)}</bdi>
            <span className="t2">
              {instant(file.start)} – {instant(file.end)}
            </span>
            <span className="t3">{file.bytes == null ? "" : format.bytes(file.bytes)}</span>
            {mayBegin && file.start && file.end ? (
              <Button
                size="small"
                busy={begin.isPending}
                aria-label={t("askOne", { name: file.name })}
                onClick={() => begin.mutate({ logRequestId: life.id, from: file.start ?? "", to: file.end ?? "" })}
              >
                {t("ask")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
