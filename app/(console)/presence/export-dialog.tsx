"use client";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import DialogFrame from "@/components/ui/dialog-frame";
import { useFormat } from "@/components/ui/use-format";
import { downloadLines } from "@/lib/api-client/download-lines";
import type { Search } from "@/lib/api-client/presence-search";
import type { Count } from "@/lib/presence/search-schemas";
import { useCountWords } from "./use-count-words";

type Progress =
  | { status: "ready" }
  | { status: "running"; rows: number; bytes: number }
  | { status: "done"; rows: number }
  | { status: "failed"; why: string };

/** Everything the search finds as a CSV file: says what will be in it, shows how far it is, and can be stopped. */
export default function ExportDialog({
  asked,
  total,
  isWhole,
  onClose,
}: {
  asked: Search;
  total: Count | null;
  /** Whether this session sees names and numbers whole now. */
  isWhole: boolean;
  onClose: () => void;
}) {
  const t = useTranslations("presence.export");
  const words = useTranslations("components");
  const format = useFormat();
  const countWords = useCountWords();
  const [progress, setProgress] = useState<Progress>({ status: "ready" });
  const stop = useRef<AbortController | null>(null);

  const start = async () => {
    const stopping = new AbortController();
    stop.current = stopping;
    setProgress({ status: "running", rows: 0, bytes: 0 });
    try {
      const rows = await downloadLines({
        path: "/api/presence/export",
        body: asked,
        fileName: `clients-${new Date().toISOString().slice(0, 10)}.csv`,
        type: "text/csv",
        signal: stopping.signal,
        onProgress: (sofar) => setProgress({ status: "running", ...sofar }),
      });
      setProgress({ status: "done", rows });
    } catch (error) {
      if (stopping.signal.aborted) setProgress({ status: "ready" });
      else setProgress({ status: "failed", why: error instanceof Error ? error.message : String(error) });
    }
  };
  const close = () => {
    stop.current?.abort();
    onClose();
  };
  const isRunning = progress.status === "running";
  return (
    <DialogFrame
      open
      onClose={close}
      title={t("title")}
      footer={
        progress.status === "done" ? (
          <Button kind="primary" onClick={close}>
            {words("close")}
          </Button>
        ) : (
          <>
            <Button onClick={() => (isRunning ? stop.current?.abort() : close())}>
              {isRunning ? t("stop") : words("cancel")}
            </Button>
            <Button kind="primary" icon="download" busy={isRunning} onClick={() => void start()}>
              {t("start")}
            </Button>
          </>
        )
      }
    >
      <p className="t2">{total ? t("about", { total: countWords(total) }) : null}</p>
      <p className="t2">{t(isWhole ? "whole" : "masked")}</p>
      <output aria-live="polite">
        {isRunning ? (
          <>
            <progress
              {...(total && total.count > 0 ? { value: Math.min(progress.rows, total.count), max: total.count } : {})}
            />{" "}
            {t("running", { rows: format.count(progress.rows), size: format.bytes(progress.bytes) })}
          </>
        ) : null}
        {progress.status === "done" ? t("done", { n: progress.rows, rows: format.count(progress.rows) }) : null}
        {progress.status === "failed" ? t("failed", { why: progress.why }) : null}
      </output>
    </DialogFrame>
  );
}
