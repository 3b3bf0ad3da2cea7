"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { useRoleName } from "@/components/ui/use-role-name";
import { inviteOperator, staffQuery } from "@/lib/api-client/operators";
import { ROLES } from "@/lib/rbac/permissions";
import { InviteSent } from "./invite-sent";
import styles from "./operators.module.css";

/** Asks who is to join, then tells how their link goes to them. `roles`: those made here. */
export default function InviteDialog({ roles, onClose }: { roles: readonly string[]; onClose: () => void }) {
  const t = useTranslations("operators.invite");
  const roleName = useRoleName();
  const queryClient = useQueryClient();
  const formId = useId();
  const [asked, setAsked] = useState({ email: "", name: "", role: "support" });
  const invite = useMutation({
    mutationFn: inviteOperator,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: staffQuery().queryKey }),
  });
  if (invite.data) return <InviteSent invite={invite.data} email={asked.email} onClose={onClose} />;
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button kind="primary" type="submit" form={formId} busy={invite.isPending}>
        {t("submit")}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog open onClose={onClose} title={t("title")} lead={t("lead")} footer={footer}>
      <form
        id={formId}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate(asked);
        }}
      >
        <TextInput
          label={t("name")}
          value={asked.name}
          onChange={(event) => setAsked({ ...asked, name: event.target.value })}
          required
          maxLength={80}
          autoComplete="off"
        />
        <TextInput
          label={t("email")}
          type="email"
          value={asked.email}
          onChange={(event) => setAsked({ ...asked, email: event.target.value })}
          required
          maxLength={254}
          autoComplete="off"
        />
        <SelectField
          label={t("role")}
          value={asked.role}
          onChange={(role) => setAsked({ ...asked, role })}
          options={[...ROLES, ...roles].map((role) => ({ value: role, label: roleName(role) }))}
        />
        <Failure error={invite.error} />
      </form>
    </Dialog>
  );
}
