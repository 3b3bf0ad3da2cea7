"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { useFormat } from "@/components/ui/use-format";
import { requestLog, requestLogs, type ChosenPhones } from "@/lib/api-client/diagnostics";
import { ApiError } from "@/lib/api-client/request";
import styles from "./diagnostics.module.css";
import { NOTHING_CHOSEN, PhonesFields, type PhoneChoice } from "./phones-fields";
import { INITIAL_OPTIONS, optionsOf, RequestFields, type RequestFaults, type RequestOptions } from "./request-fields";

const TARGETS = ["one", "list", "filter"] as const;
type Target = (typeof TARGETS)[number];

/** Asks one phone, a list or all that fit a filter for their logs; leads to the new request, or back to the board. */
export default function RequestDialog({ clientId, onClose }: { clientId: string; onClose: () => void }) {
  const t = useTranslations("diagnostics.dialog");
  const format = useFormat();
  const router = useRouter();
  const formId = useId();
  const [target, setTarget] = useState<Target>("one");
  const [options, setOptions] = useState<RequestOptions>(INITIAL_OPTIONS);
  const [phones, setPhones] = useState<PhoneChoice>(NOTHING_CHOSEN);
  const [missing, setMissing] = useState<RequestFaults>({});
  const one = useMutation({
    mutationFn: requestLog,
    onSuccess: ({ logRequestId }) => router.push(`/diagnostics/${logRequestId}`),
  });
  const many = useMutation({ mutationFn: requestLogs, onSuccess: onClose });
  const error = target === "one" ? one.error : many.error;
  const faults: RequestFaults = { ...faultsOf(error, t), ...missing };

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("clientId");
    const typed = typeof given === "string" ? given.trim() : "";
    const { inventoryFirst, ...asked } = optionsOf(options);
    const found: RequestFaults = {
      ...(target === "one" && !typed ? { clientId: t("clientIdMissing") } : {}),
      ...(asked.reason.length < 3 ? { reason: t("reasonMissing") } : {}),
      ...(asked.from && asked.to && asked.from >= asked.to ? { to: t("windowWrong") } : {}),
    };
    setMissing(found);
    if (Object.keys(found).length > 0) return;
    if (target === "one") return one.mutate({ ...asked, inventoryFirst, clientId: typed });
    many.mutate({
      ...asked,
      clients: phones[target] satisfies ChosenPhones,
      ratePerMinute: Number(phones.ratePerMinute),
      stopFailedPercent: phones.stopFailedPercent === "never" ? null : Number(phones.stopFailedPercent),
      confirmedClients: phones.total ?? 0,
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
          <Button
            kind="primary"
            type="submit"
            form={formId}
            busy={one.isPending || many.isPending}
            disabled={target !== "one" && !phones.total}
          >
            {target === "one"
              ? t("submit")
              : t("submitMany", { phones: phones.total ?? 0, shown: format.count(phones.total ?? 0) })}
          </Button>
        </DialogActions>
      }
    >
      <form id={formId} className={styles.form} onSubmit={submit} noValidate>
        <Segmented
          label={t("whom")}
          value={target}
          options={TARGETS.map((value) => ({ value, label: t(`targets.${value}`) }))}
          onChange={(value) => {
            setTarget(value);
            setPhones({ ...phones, total: null });
          }}
        />
        {target === "one" ? (
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
        ) : (
          <PhonesFields by={target} choice={phones} onChange={setPhones} />
        )}
        <RequestFields options={options} faults={faults} isOne={target === "one"} onChange={setOptions} />
        {error && Object.keys(faults).length === 0 ? (
          <Notice kind="trouble" title={t("failed")}>
            {error.message}
          </Notice>
        ) : null}
      </form>
    </Dialog>
  );
}

function faultsOf(
  error: Error | null,
  t: (key: "clientIdUnknown" | "reasonMissing" | "windowWrong") => string,
): RequestFaults {
  const paths = error instanceof ApiError ? error.issues.map((issue) => issue.path) : [];
  return {
    ...(paths.includes("clientId") ? { clientId: t("clientIdUnknown") } : {}),
    ...(paths.includes("reason") ? { reason: t("reasonMissing") } : {}),
    ...(paths.includes("to") ? { to: t("windowWrong") } : {}),
  };
}
