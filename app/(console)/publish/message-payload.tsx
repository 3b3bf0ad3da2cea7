"use client";
import { useQuery } from "@tanstack/react-query";
import type { Change } from "diff";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { readPayload } from "@/lib/api-client/publish";
import type { MessageDetail, MessagePayload } from "@/lib/publish/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { formatPayload } from "./draft";
import { fromBase64, toHex } from "./payload-bytes";
import styles from "./publish.module.css";

/** What was sent, and what changed since the one before; nothing is read before it is asked for, as every look is recorded. */
export function MessagePayloadPanel({ message }: { message: MessageDetail }) {
  const t = useTranslations("publish");
  const [shown, setShown] = useState<"payload" | "diff" | null>(null);
  const toggle = (what: "payload" | "diff") => setShown(shown === what ? null : what);
  return (
    <Panel
      title={t("content.title")}
      sub={<span className="hide-s">{t("content.sub")}</span>}
      actions={
        <>
          <Button size="small" icon="eye" aria-expanded={shown === "payload"} onClick={() => toggle("payload")}>
            {t(shown === "payload" ? "content.hide" : "content.show")}
          </Button>
          {message.previousId === null ? null : (
            <Button
              size="small"
              title={t("content.compareWith")}
              aria-pressed={shown === "diff"}
              onClick={() => toggle("diff")}
            >
              {t("content.compare")}
            </Button>
          )}
        </>
      }
    >
      {shown === "payload" ? <Shown messageId={message.messageId} /> : null}
      {shown === "diff" && message.previousId !== null ? (
        <Compared messageId={message.messageId} previousId={message.previousId} />
      ) : null}
    </Panel>
  );
}

const textOf = ({ text, base64 }: MessagePayload): string =>
  text === null ? toHex(fromBase64(base64) ?? new Uint8Array()) : visibleText(formatPayload(text));

function Shown({ messageId }: { messageId: string }) {
  const t = useTranslations("publish");
  const query = useQuery({
    queryKey: ["publish", "payload", messageId],
    queryFn: () => readPayload(messageId),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!query.data) return <Awaited query={query} rows={3} />;
  const text = textOf(query.data);
  return <pre className={styles.content}>{text === "" ? t("payload.empty") : text}</pre>;
}

function Compared({ messageId, previousId }: { messageId: string; previousId: string }) {
  const t = useTranslations("publish");
  const query = useQuery({
    queryKey: ["publish", "diff", messageId],
    queryFn: async (): Promise<Change[]> => {
      const [{ diffLines }, before, after] = await Promise.all([
        import("diff"),
        readPayload(previousId),
        readPayload(messageId),
      ]);
      return diffLines(`${textOf(before)}\n`, `${textOf(after)}\n`);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!query.data) return <Awaited query={query} rows={3} />;
  if (query.data.every(({ added, removed }) => !added && !removed))
    return <p className={`t2 ${styles.same}`}>{t("content.same")}</p>;
  return (
    <pre className={styles.content}>
      {linesOf(query.data).map((line) => (
        <Line key={line.number} line={line} />
      ))}
    </pre>
  );
}

interface DiffLine {
  number: number;
  change: "added" | "removed" | "kept";
  text: string;
}

const linesOf = (changes: readonly Change[]): DiffLine[] =>
  changes
    .flatMap(({ added, removed, value }) =>
      value
        .replace(/\n$/, "")
        .split("\n")
        .map((text) => ({
          change: added ? ("added" as const) : removed ? ("removed" as const) : ("kept" as const),
          text,
        })),
    )
    .map((line, number) => ({ ...line, number }));

function Line({ line: { change, text } }: { line: DiffLine }) {
  const t = useTranslations("publish");
  if (change === "kept")
    return (
      <span>
        {"  "}
        {text}
      </span>
    );
  const Tag = change === "added" ? "ins" : "del";
  return (
    <Tag>
      <span className="vh">{t(`content.${change}`)} </span>
      {change === "added" ? "+ " : "− "}
      {text}
    </Tag>
  );
}
