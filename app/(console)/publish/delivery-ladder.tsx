"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import type { MessageDetail } from "@/lib/publish/schemas";
import { provenMs, rungsOf, type Rung, type RungName } from "./ladder-rungs";
import styles from "./publish.module.css";

/** One rung a step, each with its evidence: solid and timed when proven, hollow with the reason when not. */
export function DeliveryLadder({ message }: { message: MessageDetail }) {
  const t = useTranslations("publish");
  const format = useFormat();
  const rungs = rungsOf(message);
  const wholeMs = provenMs(rungs);
  return (
    <Panel
      title={t("ladder.title")}
      sub={t("ladder.sub")}
      actions={wholeMs > 0 ? <span className="sub">{t("ladder.scale", { end: format.duration(wholeMs) })}</span> : null}
      footer={t(`ladder.footer.${message.answer ? "answered" : message.qos}`)}
    >
      <ol className={styles.ladder}>
        {rungs.map((rung) => (
          <li key={rung.name}>
            <Mark status={rung.status} />
            <span className={styles.rung}>
              <RungWords rung={rung} message={message} />
            </span>
            <Bar rung={rung} wholeMs={wholeMs} />
            <span className={styles.ms}>
              {rung.status === "proven" ? (rung.atMs === 0 ? t("ladder.zero") : format.duration(rung.atMs)) : null}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function RungWords({ rung, message }: { rung: Rung; message: MessageDetail }) {
  const t = useTranslations("publish");
  const isSent = rung.name === "sent" && rung.status === "proven";
  return (
    <>
      {isSent ? t("ladder.sentTo", { node: message.node ?? "" }) : t(`ladder.rung.${rung.name}`)}{" "}
      <span className={styles.evidence}>{useEvidence()({ rung, message })}</span>
    </>
  );
}

/** What proves a rung, or why nothing does. */
function useEvidence(): (of: { rung: Rung; message: MessageDetail }) => ReactNode {
  const t = useTranslations("publish");
  const provenBy = (name: RungName, message: MessageDetail): string => {
    switch (name) {
      case "accepted":
        return t("ladder.checked");
      case "sent":
        return message.packetId === null
          ? t("ladder.packet.publish0")
          : t("ladder.packet.publish", { id: String(message.packetId) });
      case "received":
      case "released":
        return t(`ladder.packet.${name}`);
      case "acknowledged":
        return t(`ladder.acknowledgement.${message.acknowledgement ?? "puback"}`);
      case "answered":
        return t("ladder.answeredWith", { type: message.answer?.type ?? "" });
      case "routed":
      case "delivered":
        return "";
    }
  };
  return ({ rung, message }) => {
    switch (rung.status) {
      case "proven":
        return provenBy(rung.name, message);
      case "awaited":
        return t(rung.name === "answered" ? "ladder.answerAwaited" : "ladder.awaited");
      case "unseen":
        return t("ladder.unseen");
      case "implied":
        return t("ladder.implied");
      case "not_asked":
        return t("ladder.notAsked");
      case "nobody":
        return t("ladder.nobody");
      case "not_reached":
        return message.state === "expired" ? t("ladder.expired") : (message.failure ?? t("ladder.notReached"));
      case "not_observable":
        return t("ladder.notObservable");
    }
  };
}

/** A ring with a tick when proven, empty otherwise: solid is proven, hollow is not. */
function Mark({ status }: { status: Rung["status"] }) {
  const isProven = status === "proven" || status === "implied";
  return (
    <span className={isProven ? styles.proven : styles.hollow} aria-hidden="true">
      <svg width="16" height="16" viewBox="0 0 16 16">
        <circle
          cx="8"
          cy="8"
          r="5.2"
          fill="var(--surface)"
          stroke="currentColor"
          strokeWidth="1.5"
          {...(status === "not_observable" || status === "not_asked" ? { strokeDasharray: "2 2.1" } : {})}
        />
        {isProven ? (
          <path
            d="m5.6 8.2 1.7 1.7 3.1-3.4"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        ) : null}
      </svg>
    </span>
  );
}

function Bar({ rung, wholeMs }: { rung: Rung; wholeMs: number }) {
  if (rung.status !== "proven") return <span />;
  const scale = Math.max(1, wholeMs);
  const share = (ms: number) => `${(100 * ms) / scale}%`;
  return (
    <span className={styles.bar} aria-hidden="true">
      <i style={{ left: `min(${share(rung.fromMs)}, calc(100% - 3px))`, width: share(rung.atMs - rung.fromMs) }} />
    </span>
  );
}
