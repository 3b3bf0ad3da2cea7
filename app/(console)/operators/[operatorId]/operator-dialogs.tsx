"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { SelectField } from "@/components/ui/select";
import { useRoleName } from "@/components/ui/use-role-name";
import {
  changeOperatorRole,
  closeOperator,
  openOperator,
  renewInvite,
  rolesQuery,
  takeSecondFactor,
} from "@/lib/api-client/operators";
import type { StaffMember } from "@/lib/operators/schemas";
import { ROLES } from "@/lib/rbac/permissions";
import { InviteSent } from "../invite-sent";

export type OperatorAct = "role" | "link" | "factor" | "close" | "open";

interface ActProps {
  operator: StaffMember;
  /** After it was done. */
  onDone: () => void;
  onClose: () => void;
}

/** Asks once more before something is done to an account. */
export function OperatorDialogs({ act, ...props }: ActProps & { act: OperatorAct }) {
  switch (act) {
    case "role":
      return <RoleChoice {...props} />;
    case "link":
      return <NewLink {...props} />;
    case "factor":
    case "close":
    case "open":
      return <Confirmed {...props} act={act} />;
  }
}

function RoleChoice({ operator, onDone, onClose }: ActProps) {
  const t = useTranslations("operators.one");
  const roleName = useRoleName();
  const { data: custom = [] } = useQuery(rolesQuery());
  const [role, setRole] = useState(operator.role);
  const change = useMutation({
    mutationFn: () => changeOperatorRole({ operatorId: operator.id, role }),
    onSuccess: () => {
      onDone();
      onClose();
    },
  });
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button kind="primary" busy={change.isPending} disabled={role === operator.role} onClick={() => change.mutate()}>
        {t("roleSubmit")}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog open onClose={onClose} title={t("roleTitle", { name: operator.name })} lead={t("roleLead")} footer={footer}>
      <SelectField
        label={t("role")}
        value={role}
        onChange={setRole}
        options={[...ROLES, ...custom.map(({ name }) => name)].map((value) => ({ value, label: roleName(value) }))}
      />
      <Failure error={change.error} />
    </Dialog>
  );
}

function NewLink({ operator, onDone, onClose }: ActProps) {
  const t = useTranslations("operators.one");
  const renew = useMutation({ mutationFn: () => renewInvite(operator.id), onSuccess: onDone });
  if (renew.data) return <InviteSent invite={renew.data} email={operator.email} onClose={onClose} />;
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button kind="primary" busy={renew.isPending} onClick={() => renew.mutate()}>
        {t("linkSubmit")}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog open onClose={onClose} title={t("linkTitle", { name: operator.name })} lead={t("linkLead")} footer={footer}>
      <Failure error={renew.error} />
    </Dialog>
  );
}

const CONFIRMED = { factor: takeSecondFactor, close: closeOperator, open: openOperator };

function Confirmed({ act, operator, onDone, onClose }: ActProps & { act: keyof typeof CONFIRMED }) {
  const t = useTranslations("operators.one");
  const change = useMutation({
    mutationFn: () => CONFIRMED[act](operator.id),
    onSuccess: () => {
      onDone();
      onClose();
    },
  });
  const words = {
    title: t(`${act}Title`, { name: operator.name }),
    lead: t(`${act}Lead`),
    submit: t(`${act}Submit`),
  };
  return <ConfirmDialog words={words} act={change} onClose={onClose} />;
}
