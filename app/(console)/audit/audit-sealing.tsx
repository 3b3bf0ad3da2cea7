"use client";

import { useTranslations } from "next-intl";
import { Age } from "@/components/ui/age";
import { useNow } from "@/components/ui/clock";
import { Notice } from "@/components/ui/notice";
import { Proof } from "@/components/ui/proof";
import { useFormat } from "@/components/ui/use-format";
import type { AuditSealing } from "@/lib/audit/schemas";
import styles from "./audit.module.css";

// A row waits for about a second; a minute later nobody seals.
const SEALED_WITHIN_MS = 60_000;
// Verified once a day; an hour more for one that takes long.
const VERIFIED_WITHIN_MS = 25 * 3_600_000;

/** How far the record is sealed, and when it was last found to be what was sealed. */
export function SealingProofs({ sealing }: { sealing: AuditSealing | undefined }) {
  const t = useTranslations("audit.sealing");
  if (!sealing) return null;
  const { last, verified } = sealing;
  return (
    <>
      {/* A quiet record is sealed to its end however long ago that was. */}
      {last ? (
        <Proof at={last.at} freshMs={Infinity} promiseMs={Infinity}>
          {t("sealed", { seal: last.seal })}
        </Proof>
      ) : (
        <span className="t3">{t("neverSealed")}</span>
      )}
      {verified && !verified.firstBreak ? (
        <Proof at={verified.at} freshMs={VERIFIED_WITHIN_MS} promiseMs={VERIFIED_WITHIN_MS}>
          {t("verified", { rows: verified.rows, anchors: verified.anchors })}
        </Proof>
      ) : null}
      {verified ? null : <span className="t3">{t("neverVerified")}</span>}
    </>
  );
}

/** Said before the record is read: it is not what was sealed, or it is not being sealed. */
export function BrokenSeal({ sealing }: { sealing: AuditSealing | undefined }) {
  const t = useTranslations("audit.sealing");
  const format = useFormat();
  const now = useNow();
  if (!sealing) return null;
  const { waiting, verified } = sealing;
  const waits = waiting.since !== null && now - Date.parse(waiting.since) > SEALED_WITHIN_MS;
  const found = verified?.firstBreak;
  if (!found && !waits) return null;
  return (
    <div className={styles.notices}>
      {verified && found ? (
        <Notice kind="trouble" title={t("broken.title")}>
          {t(`broken.${found.kind}`, {
            row: "id" in found ? format.count(found.id) : "",
            seal: "seal" in found ? format.count(found.seal) : "",
            other: "sealedAs" in found ? format.count(found.sealedAs) : "",
          })}{" "}
          {t("broken.about")} <Age at={verified.at} />
        </Notice>
      ) : null}
      {waits ? (
        <Notice kind="trouble" title={t("waits.title", { rows: waiting.rows })}>
          {t("waits.about")}
        </Notice>
      ) : null}
    </div>
  );
}
