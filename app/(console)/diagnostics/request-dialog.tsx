"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { TextArea, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { SelectField } from "@/components/ui/select";
import { requestLog } from "@/lib/api-client/diagnostics";
import { ApiError } from "@/lib/api-client/request";
import styles from "./diagnostics.module.css";

// A day, three days, a week.
const EXPIRIES = ["24", "72", "168"] as const;
type Expiry = (typeof EXPIRIES)[number];

const SHORTEST_REASON = 3;
type Faults = Partial<Record<"clientId" | "reason" | "to", string>>;

/** Asks for one client's log; leads to the new request. */
export function RequestDialog({ clientId, onClose }: { clientId: string; onClose: () => void }) {
  const t = useTranslations("diagnostics.dialog");
  const router = useRouter();
  const formId = useId();
  const [expiry, setExpiry] = useState<Expiry>("72");
  const [missing, setMissing] = useState<Faults>({});
  const request = useMutation({
    mutationFn: requestLog,
    onSuccess: ({ logRequestId }) => router.push(`/diagnostics/${logRequestId}`),
  });
  const faults: Faults = { ...faultsOf(request.error, t), ...missing };

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const read = reader(new FormData(event.currentTarget));
    const [from, to] = [instantOf(read("from")), instantOf(read("to"))];
    const found: Faults = {
      ...(read("clientId") ? {} : { clientId: t("clientIdMissing") }),
      ...(read("reason").length < SHORTEST_REASON ? { reason: t("reasonMissing") } : {}),
      ...(from && to && from >= to ? { to: t("windowWrong") } : {}),
    };
    setMissing(found);
    if (Object.keys(found).length > 0) return;
    request.mutate({
      clientId: read("clientId"),
      reason: read("reason"),
      ticket: read("ticket"),
      from,
      to,
      expiresInHours: Number(expiry),
    });
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t("title")}
      lead={t("lead")}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="primary" type="submit" form={formId} busy={request.isPending}>
            {t("submit")}
          </Button>
        </DialogActions>
      }
    >
      <form id={formId} className={styles.form} onSubmit={submit} noValidate>
        <TextInput
          label={t("clientId")}
          name="clientId"
          mono
          defaultValue={clientId}
          error={faults.clientId}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <TextArea
          label={t("reason")}
          help={t("reasonHelp")}
          name="reason"
          error={faults.reason}
          maxLength={500}
          rows={2}
          required
        />
        <div className={styles.pair}>
          <TextInput label={t("ticket")} name="ticket" mono maxLength={64} autoComplete="off" />
          <SelectField
            label={t("expiry")}
            value={expiry}
            options={EXPIRIES.map((value) => ({ value, label: t(`expiries.${value}`) }))}
            onChange={setExpiry}
          />
        </div>
        <div className={styles.pair}>
          <TextInput label={t("from")} help={t("windowHelp")} name="from" type="datetime-local" />
          <TextInput label={t("to")} name="to" type="datetime-local" error={faults.to} />
        </div>
        {request.error && Object.keys(faults).length === 0 ? (
          <Notice kind="trouble" title={t("failed")}>
            {request.error.message}
          </Notice>
        ) : null}
      </form>
    </Dialog>
  );
}

const reader =
  (form: FormData) =>
  (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };

/** A local date and time as an instant in UTC; empty stays empty. */
const instantOf = (local: string): string => (local ? new Date(local).toISOString() : "");

function faultsOf(
  error: Error | null,
  t: (key: "clientIdUnknown" | "reasonMissing" | "windowWrong") => string,
): Faults {
  const paths = error instanceof ApiError ? error.issues.map((issue) => issue.path) : [];
  return {
    ...(paths.includes("clientId") ? { clientId: t("clientIdUnknown") } : {}),
    ...(paths.includes("reason") ? { reason: t("reasonMissing") } : {}),
    ...(paths.includes("to") ? { to: t("windowWrong") } : {}),
  };
}
