"use client";

import { useTranslations } from "next-intl";
import Link from "next/link";
import { type ReactNode, useId, useState } from "react";
import { Age } from "@/components/ui/age";
import { Icon } from "@/components/ui/icon";
import { useFormat } from "@/components/ui/use-format";
import { knownWord } from "@/i18n/known-word";
import type { AuditEntry } from "@/lib/audit/schemas";
import { shortId } from "@/lib/format/short-id";
import type { AuditSearch } from "./audit-filters";
import styles from "./audit.module.css";
import { useDetails } from "./use-details";

/** Narrows the record to what was pressed. */
export type Narrow = (change: Partial<Pick<AuditSearch, "who" | "whom" | "ticket">>) => void;

/** One entry in a line; opened, with everything that was kept. */
export function AuditRow({ entry, columns, onNarrow }: { entry: AuditEntry; columns: number; onNarrow: Narrow }) {
  const t = useTranslations("audit");
  const format = useFormat();
  const detailsId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const action = useAction(entry);
  const role = useRole(entry);
  const { actor, subject, reason, ticket } = entry;
  const at = new Date(entry.at);
  const told = useDetails(entry);
  const telling = told.filter((detail) => detail.isTelling);
  return (
    <>
      <tr className={isOpen ? styles.opened : undefined}>
        <td>
          {format.shortDay(at)} {format.clock(at)}{" "}
          <span className={`t3 ${styles.under}`}>
            <Age at={entry.at} plain />
          </span>
        </td>
        <td>
          <Pressed onPress={() => onNarrow({ who: actor.id })}>{actor.name}</Pressed>{" "}
          <span className={`t3 ${styles.under}`}>{role}</span>
        </td>
        <td>
          {action}
          {entry.details.refused ? <span className="tag">{t("refused")}</span> : null}
          {telling.length > 0 ? (
            <span className={`t3 ${styles.under}`}>
              {telling.map(({ name, said }) => `${name} ${said}`).join(" · ")}
            </span>
          ) : null}
        </td>
        <td>
          <span className={subject.id === null ? "t2" : "t3"}>{useSubject(entry)}</span>{" "}
          {subject.id === null ? null : (
            <span className={styles.under}>
              <Pressed mono label={subject.id} onPress={() => onNarrow({ whom: subject.id })}>
                {shortId(subject.id)}
              </Pressed>
              {subject.kind === "client" ? (
                <>
                  {" "}
                  <Link className="link" href={`/presence/${encodeURIComponent(subject.id)}`}>
                    {t("open")}
                  </Link>
                </>
              ) : null}
            </span>
          )}
        </td>
        <td className={(reason ?? ticket) === null ? styles.none : undefined}>
          {(reason ?? ticket) === null ? <span className="t3">—</span> : null}
          {reason}
          {ticket === null ? null : (
            <span className={styles.under}>
              <span className="t3">{t("ticket")} </span>
              <Pressed mono onPress={() => onNarrow({ ticket })}>
                {ticket}
              </Pressed>
            </span>
          )}
        </td>
        <td className="t3">{entry.fromAddress ?? t("ourself")}</td>
        <td className={styles.more}>
          <button
            type="button"
            className="btn ghost sm"
            aria-expanded={isOpen}
            aria-controls={detailsId}
            aria-label={t("all", { action })}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon name={isOpen ? "up" : "down"} size={12} />
          </button>
        </td>
      </tr>
      {isOpen ? (
        <tr id={detailsId} className={styles.kept}>
          <td colSpan={columns}>
            <dl>
              <Kept name={t("columns.when")} value={entry.at} />
              <Kept name={t("columns.who")} value={`${actor.name}, ${role}, ${actor.id}`} />
              <Kept name={t("columns.what")} value={entry.action} />
              <Kept
                name={t("columns.whom")}
                value={subject.id === null ? subject.kind : `${subject.kind} ${subject.id}`}
              />
              <Kept name={t("columns.why")} value={reason ?? t("noReason")} />
              {ticket === null ? null : <Kept name={t("ticket")} value={ticket} />}
              <Kept name={t("columns.from")} value={entry.fromAddress ?? t("ourself")} />
              {told.map(({ key, name, said }) => (
                <Kept key={key} name={name} value={said} />
              ))}
              <Kept name={t("request")} value={entry.requestId} />
              <Kept name={t("number")} value={String(entry.id)} />
            </dl>
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Pressed(given: { mono?: boolean; label?: string; onPress: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className={`${given.mono ? "mono " : ""}${styles.narrow}`}
      {...(given.label === undefined ? {} : { "aria-label": given.label, title: given.label })}
      onClick={given.onPress}
    >
      {given.children}
    </button>
  );
}

const Kept = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd className="mono">{value}</dd>
  </div>
);

function useAction({ action }: AuditEntry): string {
  const t = useTranslations("audit");
  return knownWord(t, `actions.${action}`) ?? action;
}

function useRole({ actor }: AuditEntry): string {
  const t = useTranslations("audit");
  const shell = useTranslations("shell");
  return knownWord(shell, `roles.${actor.role ?? ""}`) ?? t(`kinds.${actor.kind}`);
}

function useSubject({ subject }: AuditEntry): string {
  const t = useTranslations("audit");
  return knownWord(t, `subjects.${subject.kind}`) ?? subject.kind;
}
