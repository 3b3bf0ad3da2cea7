"use client";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ShowOnce } from "@/components/ui/show-once";
import { useFormat } from "@/components/ui/use-format";
import type { SentInvite } from "@/lib/http/console-mail";

/** Where the link to set a password went: by mail, or shown here once to be handed on. */
export function InviteSent({ invite, email, onClose }: { invite: SentInvite; email: string; onClose: () => void }) {
  const t = useTranslations("operators.invite");
  const format = useFormat();
  const until = format.exact(invite.until);
  if (invite.link)
    return (
      <ShowOnce
        text={invite.link}
        words={{
          title: t("linkTitle"),
          lead: t(invite.mailFailed ? "linkLeadMailFailed" : "linkLead", { email, until }),
          done: t("done"),
        }}
        onClose={onClose}
      />
    );
  const footer = (
    <Button kind="primary" onClick={onClose}>
      {t("done")}
    </Button>
  );
  return (
    <Dialog open onClose={onClose} title={t("mailedTitle")} lead={t("mailedLead", { email, until })} footer={footer} />
  );
}
