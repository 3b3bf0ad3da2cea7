"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { NewPasswordField } from "@/components/account/new-password-field";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { Panel } from "@/components/ui/panel";
import { PasswordInput } from "@/components/ui/password-input";
import { toast } from "@/components/ui/toast";
import { accountQuery, changePassword } from "@/lib/api-client/operators";
import styles from "./password-panel.module.css";

/** Changes one's password; one's other sessions end with the old one. */
export function PasswordPanel({ owner }: { owner: { email: string; name: string } }) {
  const t = useTranslations("account.password");
  const queryClient = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: ({ ended }) => {
      setCurrent("");
      setPassword("");
      toast.done({ title: t("done"), detail: t("doneAbout", { ended }) });
      void queryClient.invalidateQueries({ queryKey: accountQuery().queryKey });
    },
  });
  return (
    <Panel title={t("title")} sub={t("about")} body>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ current, password });
        }}
      >
        <PasswordInput
          label={t("current")}
          autoComplete="current-password"
          required
          maxLength={256}
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <NewPasswordField label={t("new")} owner={owner} value={password} onChange={setPassword} />
        <Button type="submit" busy={change.isPending}>
          {t("submit")}
        </Button>
      </form>
      <Failure error={change.error} />
    </Panel>
  );
}
