"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Check } from "@/components/ui/check";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { changeRole, createRole, deleteRole, rolesQuery } from "@/lib/api-client/operators";
import type { CustomRole } from "@/lib/operators/schemas";
import { PERMISSIONS, type Permission } from "@/lib/rbac/permissions";
import styles from "./operators.module.css";

/** Makes a role of some permissions, or changes or deletes one made here. */
export default function RoleDialog({ role, onClose }: { role: CustomRole | null; onClose: () => void }) {
  const t = useTranslations("operators");
  const queryClient = useQueryClient();
  const formId = useId();
  const [name, setName] = useState(role?.name ?? "");
  const [chosen, setChosen] = useState<readonly Permission[]>(role?.permissions ?? []);
  const onSuccess = (): void => {
    void queryClient.invalidateQueries({ queryKey: rolesQuery().queryKey });
    onClose();
  };
  const save = useMutation({ mutationFn: role ? changeRole : createRole, onSuccess });
  const remove = useMutation({ mutationFn: deleteRole, onSuccess });
  const footer = (
    <DialogActions onCancel={onClose}>
      {role && role.operators === 0 ? (
        <Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate(role.name)}>
          {t("role.delete")}
        </Button>
      ) : null}
      <Button kind="primary" type="submit" form={formId} busy={save.isPending}>
        {t(role ? "role.save" : "role.make")}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={role ? t("role.changeTitle", { name: role.name }) : t("role.makeTitle")}
      lead={role ? t("role.changeLead", { operators: role.operators }) : t("role.makeLead")}
      footer={footer}
    >
      <form
        id={formId}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ name, permissions: chosen });
        }}
      >
        {role ? null : (
          <TextInput
            label={t("role.name")}
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            minLength={2}
            maxLength={40}
            autoComplete="off"
          />
        )}
        <fieldset className={styles.choices}>
          <legend>{t("role.permissions")}</legend>
          {PERMISSIONS.map((permission) => (
            <Check
              key={permission}
              checked={chosen.includes(permission)}
              onChange={(checked) =>
                setChosen(checked ? [...chosen, permission] : chosen.filter((one) => one !== permission))
              }
            >
              {t(`permissions.${permission}`)}
            </Check>
          ))}
        </fieldset>
        <Failure error={save.error ?? remove.error} />
      </form>
    </Dialog>
  );
}
