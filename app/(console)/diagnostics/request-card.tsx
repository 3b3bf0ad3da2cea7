"use client";

import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { Since, Until } from "@/components/ui/age";
import { StatusMark, useStatusWord } from "@/components/ui/status-mark";
import type { LogRequestCard } from "@/lib/diagnostics/log-request-card";
import styles from "./diagnostics.module.css";
import { Why } from "./why";

const EXPIRES: ReadonlySet<string> = new Set(["draft", "waiting", "sent", "delivered", "accepted", "uploading"]);

/** One request on the board: the phone now, the reason it stands where it stands, who asked and when it ends. */
export function RequestCard({ card }: { card: LogRequestCard }) {
  const t = useTranslations("diagnostics");
  const statusWord = useStatusWord();
  const phone = card.phone?.state ?? "offline_gone";
  const expires = EXPIRES.has(card.state);
  const until = (): ReactNode => <Until at={card.expiresAt} />;
  return (
    <article className={`panel ${styles.card}`} data-request={card.id}>
      <div className={styles.head}>
        <StatusMark status={phone} size={14} label={t("phoneNow", { state: statusWord(phone) })} />
        <Link className={`mono trunc ${styles.open}`} href={`/diagnostics/${card.id}`}>
          {card.clientId}
        </Link>
        <span className={styles.age}>
          <Since at={card.state === "draft" || card.state === "waiting" ? card.requestedAt : card.stateAt} />
        </span>
      </div>
      <div className={styles.why}>
        <Why card={card} />
      </div>
      {card.state === "uploading" && card.announcedBytes ? (
        <progress
          className={styles.progress}
          max={card.announcedBytes}
          value={card.sentBytes ?? 0}
          aria-label={t("uploaded")}
        />
      ) : null}
      <div className={styles.foot}>
        <span className="trunc">{card.requestedByName}</span>
        {expires ? <span className="nw">· {t.rich("expires", { until })}</span> : null}
      </div>
    </article>
  );
}
