"use client";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import styles from "./second-factor.module.css";

/** Recovery codes, which are shown this once. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const t = useTranslations("account.secondFactor.codes");
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${t("title")}\n\n${codes.join("\n")}\n`)}`;
  const footer = (
    <>
      <a className="btn" href={file} download="liveconnect-recovery-codes.txt">
        {t("save")}
      </a>
      <Button kind="primary" onClick={onClose}>
        {t("done")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={t("title")} lead={t("lead")} footer={footer}>
      <ol className={styles.codes} aria-label={t("list")}>
        {codes.map((code) => (
          <li key={code} className="mono">
            {code}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
