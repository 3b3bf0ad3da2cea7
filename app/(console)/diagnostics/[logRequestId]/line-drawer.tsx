"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { Facts } from "@/components/ui/panel";
import { useCopy } from "@/components/ui/use-copy";
import { useFormat } from "@/components/ui/use-format";
import { addNote, notesQuery, removeNote } from "@/lib/api-client/logs";
import type { LogNote } from "@/lib/diagnostics/log-notes";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { CLASS_COLOR } from "./class-color";
import { LineMoment } from "./line-moment";
import { CLEARED, logSearchParams } from "./log-search";
import styles from "./log.module.css";

/** One line in full: its facts, the line itself as text, whatever it holds, and what was noted beside it. */
export function LineDrawer({
  logRequestId,
  line,
  notes,
  onClose,
}: {
  logRequestId: string;
  line: LogLine;
  notes: readonly LogNote[];
  onClose: () => void;
}) {
  const t = useTranslations("log.line");
  const names = useTranslations("log.class");
  const words = useTranslations("components");
  const format = useFormat();
  const [, setSearch] = useQueryStates(logSearchParams);
  const { t: at, tDevice, url, host, endpoint, error, ms, bytes, attempt, app } = line;
  const fact = (key: Parameters<typeof t>[0], value: ReactNode) => ({ key, name: t(key), value });
  const facts = [
    at && fact("at", format.exact(Date.parse(at))),
    tDevice && fact("phoneClock", format.exact(Date.parse(tDevice))),
    url && fact("url", <bdi className="mono">{visibleText(url)}</bdi>),
    host && fact("host", <bdi className="mono">{visibleText(host)}</bdi>),
    ms !== null && fact("took", format.duration(ms)),
    bytes !== null && fact("size", format.bytes(bytes)),
    attempt !== null && fact("attempt", format.count(attempt)),
    app && fact("app", visibleText(app)),
    error && line.class !== "gap" && fact("error", <bdi>{visibleText(error)}</bdi>),
    fact("position", t("lineOf", { n: format.count(Math.floor(line.n)) })),
  ].filter((row) => typeof row === "object" && row !== null);
  return (
    <aside className={styles.drawer} aria-label={t("label")}>
      <header>
        <h2 className="trunc">{endpoint ? visibleText(endpoint) : t("textLine")}</h2>
        <LineLink n={line.n} />
        <Button kind="ghost" size="small" icon="close" aria-label={words("close")} onClick={onClose} />
      </header>
      {line.class === "text" || line.class === "gap" ? null : (
        <p className={styles.status} data-class={line.class}>
          <i className={styles.square} style={{ background: CLASS_COLOR[line.class] }} />
          {line.status ?? names("none")}
        </p>
      )}
      <Facts rows={facts} />
      {at ? <LineMoment logRequestId={logRequestId} lineAt={at} /> : null}
      {line.raw === null ? null : (
        <pre>
          <bdi>{visibleText(pretty(line.raw))}</bdi>
        </pre>
      )}
      {line.rawCut ? <p className="t3">{t("cut")}</p> : null}
      {endpoint ? (
        <p>
          <button
            type="button"
            className={`link ${styles.quiet}`}
            onClick={() => void setSearch({ ...CLEARED, tab: "calls", endpoint, line: line.n })}
          >
            {t("onlyThese")}
          </button>
        </p>
      ) : null}
      <Notes logRequestId={logRequestId} n={line.n} notes={notes.filter((note) => note.line === line.n)} />
    </aside>
  );
}

function LineLink({ n }: { n: number }) {
  const t = useTranslations("log.line");
  const { copied, copy } = useCopy();
  const link = (): string => {
    const url = new URL(window.location.href);
    url.search = new URLSearchParams({ line: String(n) }).toString();
    return url.href;
  };
  return (
    <Button
      kind="ghost"
      size="small"
      icon={copied ? "check" : "link"}
      aria-label={copied ? t("linkCopied") : t("copyLink")}
      onClick={() => void copy(link())}
    />
  );
}

function Notes({ logRequestId, n, notes }: { logRequestId: string; n: number; notes: readonly LogNote[] }) {
  const t = useTranslations("log.notes");
  const format = useFormat();
  const queryClient = useQueryClient();
  const [text, setText] = useState("");
  const again = (): Promise<void> => queryClient.invalidateQueries({ queryKey: notesQuery(logRequestId).queryKey });
  const add = useMutation({
    mutationFn: () => addNote(logRequestId, { line: n, text }),
    onSuccess: () => {
      setText("");
      return again();
    },
  });
  const remove = useMutation({ mutationFn: (noteId: string) => removeNote(logRequestId, noteId), onSuccess: again });
  if (!Number.isInteger(n)) return null;
  return (
    <section className={styles.notes} aria-label={t("title")}>
      <h3>{t("title")}</h3>
      {notes.map((note) => (
        <p key={note.id}>
          <bdi>{visibleText(note.text)}</bdi>
          <span className="t3">
            {note.authorName}, {format.exact(note.at)}
            {note.isMine ? (
              <button type="button" className={`link ${styles.quiet}`} onClick={() => remove.mutate(note.id)}>
                {t("remove")}
              </button>
            ) : null}
          </span>
        </p>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "" && !add.isPending) add.mutate();
        }}
      >
        <input
          className="in"
          aria-label={t("write")}
          placeholder={t("write")}
          value={text}
          maxLength={1_000}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" size="small" busy={add.isPending} disabled={text.trim() === ""}>
          {t("add")}
        </Button>
      </form>
      <Failure error={add.error ?? remove.error} />
    </section>
  );
}

/** JSON laid out in lines; anything else as it is. */
function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
