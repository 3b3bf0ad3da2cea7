"use client";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { removeSecondFactor, renewRecoveryCodes } from "@/lib/api-client/operators";
import { RecoveryCodesDialog } from "./recovery-codes-dialog";

/** What a code is asked for once more: new recovery codes, or none of it any longer. */
export default function CodeDialog({ act, onClose }: { act: "renew" | "turnOff"; onClose: () => void }) {
  const t = useTranslations("account.secondFactor");
  const form = useId();
  const [code, setCode] = useState("");
  const renew = useMutation({ mutationFn: renewRecoveryCodes });
  const remove = useMutation({ mutationFn: removeSecondFactor, onSuccess: onClose });
  const doing = act === "renew" ? renew : remove;
  if (renew.data) return <RecoveryCodesDialog codes={renew.data.recoveryCodes} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.mutate(code);
  };
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button kind={act === "renew" ? "primary" : "danger-fill"} type="submit" form={form} busy={doing.isPending}>
        {t(`${act}.submit`)}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog open onClose={onClose} title={t(`${act}.title`)} lead={t(`${act}.lead`)} footer={footer}>
      <form id={form} onSubmit={submit}>
        <TextInput
          label={t("anyCode")}
          mono
          autoComplete="one-time-code"
          required
          minLength={6}
          maxLength={40}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </form>
      <Failure error={doing.error} />
    </Dialog>
  );
}
