"use client";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { CopyText } from "@/components/ui/copy-text";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/password-input";
import { QrCode } from "@/components/ui/qr-code";
import { beginSecondFactor, confirmSecondFactor } from "@/lib/api-client/operators";
import type { SecretToEnrol } from "@/lib/operators/schemas";
import { RecoveryCodesDialog } from "./recovery-codes-dialog";
import styles from "./second-factor.module.css";

/** Sets up a second factor: the password, the key for the app, a code of it, the recovery codes. */
export default function EnrolDialog({ onClose }: { onClose: () => void }) {
  const begin = useMutation({ mutationFn: beginSecondFactor });
  return begin.data ? (
    <AppStep enrolling={begin.data} onClose={onClose} />
  ) : (
    <PasswordStep
      begin={{ error: begin.error, isPending: begin.isPending, onSubmit: (password) => begin.mutate(password) }}
      onClose={onClose}
    />
  );
}

function PasswordStep({
  begin,
  onClose,
}: {
  begin: { error: Error | null; isPending: boolean; onSubmit: (password: string) => void };
  onClose: () => void;
}) {
  const t = useTranslations("account.secondFactor.enrol");
  const form = useId();
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin.onSubmit(password);
  };
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button kind="primary" type="submit" form={form} busy={begin.isPending}>
        {t("next")}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog open onClose={onClose} title={t("title")} lead={t("lead")} footer={footer}>
      <form id={form} onSubmit={submit}>
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          required
          maxLength={256}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </form>
      <Failure error={begin.error} />
    </Dialog>
  );
}

function AppStep({ enrolling: { secret, uri }, onClose }: { enrolling: SecretToEnrol; onClose: () => void }) {
  const t = useTranslations("account.secondFactor.enrol");
  const form = useId();
  const [code, setCode] = useState("");
  const confirm = useMutation({ mutationFn: confirmSecondFactor });
  if (confirm.data) return <RecoveryCodesDialog codes={confirm.data.recoveryCodes} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate(code);
  };
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button kind="primary" type="submit" form={form} busy={confirm.isPending}>
        {t("submit")}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog open onClose={onClose} title={t("scanTitle")} lead={t("scanLead")} footer={footer}>
      <form id={form} className={styles.enrol} onSubmit={submit}>
        <QrCode text={uri} label={t("picture")} />
        <div className={styles.key}>
          <span className="lab">{t("key")}</span>
          <CopyText text={secret} shown={secret.replaceAll(/.{4}(?=.)/g, "$& ")} />
        </div>
        <TextInput
          label={t("code")}
          mono
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          pattern="\s*\d{3}\s*\d{3}\s*"
          maxLength={10}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </form>
      <Failure error={confirm.error} />
    </Dialog>
  );
}
