"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Check } from "@/components/ui/check";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Facts } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { useFormat } from "@/components/ui/use-format";
import { knownWord } from "@/i18n/known-word";
import { forgetPerson, savePerson } from "@/lib/api-client/people";
import type { Forgotten } from "@/lib/people/schemas";
import type { ClientDetail } from "@/lib/presence/schemas";

const SHORTEST_REASON = 3;

/** What is kept of the person whose phone this is: a copy to give them, or all of it removed, with a report of what went. */
export default function PersonDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.people");
  const [does, setDoes] = useState<"copy" | "forget">("copy");
  const [reason, setReason] = useState("");
  const [isSure, setIsSure] = useState(false);
  const { clientId } = client;
  const copy = useMutation({ mutationFn: () => savePerson(clientId, reason) });
  const forget = useMutation({ mutationFn: () => forgetPerson(clientId, reason) });
  if (forget.data) return <Report forgotten={forget.data} />;
  const act = does === "copy" ? copy : forget;
  const isReady = reason.trim().length >= SHORTEST_REASON && (does === "copy" || isSure);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("title")}
      lead={t(does === "copy" ? "copyLead" : "forgetLead")}
      footer={
        <DialogActions onCancel={onClose}>
          <Button
            kind={does === "copy" ? "primary" : "danger-fill"}
            busy={act.isPending}
            disabled={!isReady}
            onClick={() => act.mutate()}
          >
            {t(does === "copy" ? "copyDo" : "forgetDo")}
          </Button>
        </DialogActions>
      }
    >
      <div className="stack">
        <Segmented
          label={t("what")}
          value={does}
          options={(["copy", "forget"] as const).map((value) => ({ value, label: t(value) }))}
          onChange={setDoes}
        />
        <TextInput
          label={t("reason")}
          help={t("reasonHelp")}
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.target.value)}
        />
        {does === "forget" ? (
          <>
            <Notice kind="unknown" title={t("stillSignedIn")}>
              {t("stillSignedInAbout")}
            </Notice>
            <Check checked={isSure} onChange={setIsSure}>
              {t("sure")}
            </Check>
          </>
        ) : null}
        {copy.data === undefined ? null : <Notice title={t("copied", { count: copy.data })} />}
        <Failure title={t("failed")} error={act.error} />
      </div>
    </Dialog>
  );
}

/** What went, by kind. The page behind it is of somebody who is not known any more. */
function Report({ forgotten }: { forgotten: Forgotten }) {
  const t = useTranslations("client.people");
  const format = useFormat();
  const router = useRouter();
  const queryClient = useQueryClient();
  const leave = (): void => {
    queryClient.removeQueries({ queryKey: ["presence"] });
    router.push("/presence");
  };
  return (
    <Dialog
      open
      onClose={leave}
      title={t("gone")}
      lead={t("goneLead", { clients: forgotten.clients })}
      footer={
        <Button kind="primary" onClick={leave}>
          {t("leave")}
        </Button>
      }
    >
      <Facts
        rows={Object.entries(forgotten.removed).map(([table, rows]) => ({
          key: table,
          name: knownWord(t, `kinds.${table}`) ?? table,
          value: format.count(rows),
        }))}
      />
    </Dialog>
  );
}
