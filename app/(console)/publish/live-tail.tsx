"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Until } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { useFormat } from "@/components/ui/use-format";
import type { TailMessage } from "@/lib/publish/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { TailContent } from "./tail-content";
import { useTail, type TailState } from "./use-tail";
import styles from "./publish.module.css";

/** What is published within a topic filter while it happens, newest first; a row opens what was sent. */
export function LiveTail({ topicFilter }: { topicFilter: string }) {
  const t = useTranslations("publish");
  const format = useFormat();
  const tail = useTail(topicFilter);
  const [wanted, setWanted] = useState("");
  const [openNumber, setOpenNumber] = useState<number | null>(null);
  const rows = tail.messages.filter((message) => matches(message, wanted));
  const shared = topicFilter.replace(/[^/]*[+#].*$/, "");
  const isOn = tail.state.status === "watching";
  return (
    <section aria-label={t("tail.of", { topicFilter })}>
      <div className={styles.tailState}>
        <span className={`mono ${styles.tailFilter}`} title={topicFilter}>
          {topicFilter}
        </span>
        <output>
          <StateWords state={tail.state} />
        </output>
        <span className="sp row">
          <Button
            kind="ghost"
            size="small"
            icon={tail.paused ? "play" : "pause"}
            disabled={!isOn && !tail.paused}
            onClick={() => tail.pause(!tail.paused)}
          >
            {tail.paused ? t("tail.goOn", { waiting: tail.waiting }) : t("tail.pause")}
          </Button>
          <Button kind="ghost" size="small" icon="close" disabled={!isOn} onClick={tail.stop}>
            {t("tail.stop")}
          </Button>
        </span>
      </div>
      {tail.skipped > 0 ? (
        <p className={styles.tailNote}>
          {t("tail.skipped", { skipped: tail.skipped, shown: format.count(tail.skipped) })}
        </p>
      ) : null}
      {tail.messages.length === 0 ? (
        <p className={styles.tailNote}>{isOn ? t("tail.quiet") : null}</p>
      ) : (
        <>
          <div className={styles.tailFind}>
            <TextInput
              label={t("tail.find")}
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </div>
          <ol className={styles.tail}>
            {rows.map((message) => (
              <TailRow
                key={message.number}
                message={message}
                shared={shared}
                isOpen={message.number === openNumber}
                onOpen={() => setOpenNumber(message.number === openNumber ? null : message.number)}
                onFollow={setWanted}
              />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

const matches = ({ topicName, text }: TailMessage, wanted: string): boolean =>
  wanted === "" || topicName.includes(wanted) || (text?.includes(wanted) ?? false);

function StateWords({ state }: { state: TailState }) {
  const t = useTranslations("publish");
  switch (state.status) {
    case "connecting":
      return t("tail.connecting");
    case "watching":
      return t.rich("tail.watching", {
        rate: state.ratePerSecond,
        left: () => <Until at={state.endsAt} />,
      });
    case "stopped":
      return t("tail.stopped");
    case "over":
      return t(`tail.over.${state.reason}`);
    case "refused":
      return state.why;
  }
}

function TailRow({
  message,
  shared,
  isOpen,
  onOpen,
  onFollow,
}: {
  message: TailMessage;
  /** The beginning that all have by the filter, left out of each. */
  shared: string;
  isOpen: boolean;
  onOpen: () => void;
  onFollow: (text: string) => void;
}) {
  const t = useTranslations("publish");
  const format = useFormat();
  return (
    <li>
      <button type="button" aria-expanded={isOpen} onClick={onOpen}>
        <span className={styles.tailTime}>{format.clock(message.at, "millisecond")}</span>
        <span className={styles.tailMark} title={t("qos.name", { qos: message.qos })}>
          q{message.qos}
          {message.retain ? <abbr title={t("retained")}> r</abbr> : null}
        </span>
        <span className={`mono ${styles.tailText}`}>
          <b title={visibleText(message.topicName)}>
            {visibleText(message.topicName.slice(shared.length) || message.topicName)}
          </b>{" "}
          <span className="t2">{message.text === null ? t("tail.bytes") : visibleText(message.text)}</span>
        </span>
        <span className={styles.ms}>{format.bytes(message.payloadBytes)}</span>
      </button>
      {isOpen ? <TailContent message={message} onFollow={onFollow} /> : null}
    </li>
  );
}
