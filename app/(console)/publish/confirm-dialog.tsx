"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { audienceQuery } from "@/lib/api-client/publish";
import { visibleText } from "@/lib/format/visible-text";
import { topicNameOf, type Draft } from "./draft";
import styles from "./publish.module.css";

/** Asks before a retained or broad publish, with the number of devices it may reach; that number is what is agreed to. */
export function ConfirmDialog({
  draft,
  onClose,
  onConfirm,
}: {
  draft: Draft;
  onClose: () => void;
  onConfirm: (devices: number) => void;
}) {
  const t = useTranslations("publish");
  const topicName = topicNameOf(draft);
  const query = useQuery({ ...audienceQuery(topicName), staleTime: 0 });
  const audience = query.isFetching ? undefined : query.data;
  const what = !draft.retain ? "broad" : draft.payload === "" ? "clears" : "keeps";
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`confirm.${what}.title`)}
      lead={t(`confirm.${what}.about`)}
      footer={
        <DialogActions onCancel={onClose}>
          <Button
            kind="primary"
            busy={query.isFetching}
            disabled={!audience}
            onClick={() => audience && onConfirm(audience.may)}
          >
            {t(`confirm.${what}.do`)}
          </Button>
        </DialogActions>
      }
    >
      <div className="stack">
        <span className={`mono ${styles.topicOf}`}>{visibleText(topicName)}</span>
        {audience ? (
          <>
            <p className="b">{t("confirm.devices", { may: audience.may })}</p>
            <p className="t2">
              {t("confirm.states", {
                online: audience.states.online,
                away: audience.states.offline_queued,
                gone: audience.states.offline_gone,
                unknown: audience.states.unknown,
              })}{" "}
              {audience.isComplete ? null : t("audience.incomplete")}
            </p>
          </>
        ) : (
          <p className="t2">{query.error ? null : t("confirm.counting")}</p>
        )}
        <Failure error={query.error} />
      </div>
    </Dialog>
  );
}
