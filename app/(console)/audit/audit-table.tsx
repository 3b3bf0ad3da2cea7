"use client";

import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age } from "@/components/ui/age";
import { useFormat } from "@/components/ui/use-format";
import type { AuditEntry } from "@/lib/audit/schemas";
import styles from "./audit.module.css";

/** Entries newest first. A name or identifier pressed narrows the record to it. */
export function AuditTable({
  entries,
  onWho,
  onWhom,
  onTicket,
}: {
  entries: readonly AuditEntry[];
  onWho: (actorId: string) => void;
  onWhom: (subjectId: string) => void;
  onTicket: (ticket: string) => void;
}) {
  const t = useTranslations("audit");
  const shell = useTranslations("shell");
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            {(["when", "who", "what", "whom", "why", "from"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>
                <When at={entry.at} />
              </td>
              <td>
                <button type="button" className={styles.narrow} onClick={() => onWho(entry.actor.id)}>
                  {entry.actor.name}
                </button>
                <span className="t3">
                  {" "}
                  {entry.actor.role && shell.has(`roles.${entry.actor.role}`)
                    ? shell(`roles.${entry.actor.role}`)
                    : t(`kinds.${entry.actor.kind}`)}
                </span>
              </td>
              <td>
                <Action entry={entry} />
              </td>
              <td className={styles.whose}>
                <Subject subject={entry.subject} onWhom={onWhom} />
              </td>
              <td className={(entry.reason ?? entry.ticket) ? styles.wrap : `${styles.wrap} ${styles.none}`}>
                <Why entry={entry} onTicket={onTicket} />
              </td>
              <td className="t3">{entry.fromAddress ?? t("ourself")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function When({ at }: { at: string }) {
  const format = useFormat();
  return (
    <>
      {format.shortDay(new Date(at))} {format.clock(new Date(at))}{" "}
      <span className="t3">
        <Age at={at} plain />
      </span>
    </>
  );
}

function Action({ entry }: { entry: AuditEntry }) {
  const t = useTranslations("audit");
  const key = `actions.${entry.action}`;
  const { refused, ...told } = entry.details;
  const details = Object.entries(told).filter(([, value]) => value !== null && value !== "");
  return (
    <>
      {t.has(key) ? t(key) : <span className="mono">{entry.action}</span>}
      {refused ? <span className="tag">{t("refused")}</span> : null}
      {details.length > 0 ? (
        <span className={`mono t3 ${styles.details}`}>
          {details
            .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
            .join(" · ")}
        </span>
      ) : null}
    </>
  );
}

function Why({ entry: { reason, ticket }, onTicket }: { entry: AuditEntry; onTicket: (ticket: string) => void }) {
  const t = useTranslations("audit");
  if (reason === null && ticket === null) return <span className="t3">{t("noReason")}</span>;
  return (
    <>
      {reason}{" "}
      {ticket === null ? null : (
        <span>
          <span className="t2">{t("ticket")} </span>
          <button type="button" className={`mono ${styles.narrow}`} onClick={() => onTicket(ticket)}>
            {ticket}
          </button>
        </span>
      )}
    </>
  );
}

function Subject({ subject, onWhom }: { subject: AuditEntry["subject"]; onWhom: (subjectId: string) => void }) {
  const t = useTranslations("audit");
  const { kind, id } = subject;
  const word = t.has(`subjects.${kind}`) ? t(`subjects.${kind}`) : kind;
  if (id === null) return <span className="t2">{word}</span>;
  return (
    <>
      <span className="t2">{word} </span>
      <button type="button" className={`mono ${styles.narrow}`} onClick={() => onWhom(id)}>
        {id}
      </button>
      {kind === "client" ? (
        <>
          {" "}
          <Link className="link" href={`/presence/${encodeURIComponent(id)}`}>
            {t("open")}
          </Link>
        </>
      ) : null}
    </>
  );
}
