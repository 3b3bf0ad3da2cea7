"use client";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import DialogFrame from "@/components/ui/dialog-frame";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { RadioCards } from "@/components/ui/radio-cards";
import { breakGlass, unmaskPeople } from "@/lib/api-client/unmask";
import { BREAK_GLASS_MINUTES } from "@/lib/operators/terms";

type Way = "ticket" | "emergency";

/** Asks what names and numbers are needed for. In an emergency one sentence is enough. */
export default function UnmaskDialog({
  mayUnmask,
  unmaskMinutes,
  onShown,
  onClose,
}: {
  mayUnmask: boolean;
  unmaskMinutes: number;
  onShown: () => void;
  onClose: () => void;
}) {
  const t = useTranslations("shell.people");
  const formId = useId();
  const [way, setWay] = useState<Way>(mayUnmask ? "ticket" : "emergency");
  const [purpose, setPurpose] = useState("");
  const [ticket, setTicket] = useState("");
  const show = useMutation({
    mutationFn: () => (way === "ticket" ? unmaskPeople({ purpose, ticket }) : breakGlass({ purpose })),
    onSuccess: () => {
      onShown();
      onClose();
    },
  });
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button
        kind={way === "ticket" ? "primary" : "danger-fill"}
        type="submit"
        form={formId}
        busy={show.isPending}
        disabled={purpose.trim().length < 3 || (way === "ticket" && ticket.trim() === "")}
      >
        {t(`${way}.submit`)}
      </Button>
    </DialogActions>
  );
  const ways = (["ticket", "emergency"] as const).map((value) => ({
    value,
    label: t(`${value}.name`),
    about: t(`${value}.about`, { minutes: value === "ticket" ? unmaskMinutes : BREAK_GLASS_MINUTES }),
    disabled: value === "ticket" && !mayUnmask,
  }));
  return (
    <DialogFrame open onClose={onClose} title={t("title")} lead={t("lead")} footer={footer}>
      <form
        id={formId}
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          show.mutate();
        }}
      >
        <RadioCards label={t("way")} value={way} options={ways} onChange={setWay} />
        <TextInput
          label={t("purpose")}
          value={purpose}
          onChange={(event) => setPurpose(event.target.value)}
          required
          minLength={3}
          maxLength={300}
          autoComplete="off"
        />
        {way === "ticket" ? (
          <TextInput
            label={t("ticketNumber")}
            value={ticket}
            onChange={(event) => setTicket(event.target.value)}
            required
            maxLength={60}
            autoComplete="off"
            mono
          />
        ) : null}
        <Failure error={show.error} />
      </form>
    </DialogFrame>
  );
}
