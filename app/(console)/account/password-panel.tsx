"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { toast } from "@/components/ui/toast";
import { accountQuery, changePassword } from "@/lib/api-client/operators";
import styles from "./password-panel.module.css";

/** Changes one's password; one's other sessions end with the old one. */
export function PasswordPanel() {
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
        <TextInput
          label={t("current")}
          type="password"
          autoComplete="current-password"
          required
          maxLength={256}
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <TextInput
          label={t("new")}
          help={t("rules")}
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          maxLength={128}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button type="submit" busy={change.isPending}>
          {t("submit")}
        </Button>
      </form>
      <Failure error={change.error} />
    </Panel>
  );
}
