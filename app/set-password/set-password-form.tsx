"use client";
import { useTranslations } from "next-intl";
import { useState, type FormEvent } from "react";
import { NewPasswordField } from "@/components/account/new-password-field";
import { Button, ButtonLink } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { acceptInvite } from "@/lib/api-client/operators";
import styles from "../sign-in/sign-in.module.css";

type State =
  { status: "asking" } | { status: "busy" } | { status: "failed"; error: Error } | { status: "done"; email: string };

/** Sets the password that the address's token allows, once. */
export function SetPasswordForm() {
  const t = useTranslations("auth.setPassword");
  const [state, setState] = useState<State>({ status: "asking" });
  const [password, setPassword] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setState({ status: "busy" });
    try {
      const { email } = await acceptInvite({ token: window.location.hash.slice(1), password });
      // The link is used up; nobody needs to find it in the history.
      window.history.replaceState(null, "", window.location.pathname);
      setState({ status: "done", email });
    } catch (error) {
      setState({ status: "failed", error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  if (state.status === "done")
    return (
      <div className={styles.form}>
        <Notice title={t("done")}>{t("doneAbout", { email: state.email })}</Notice>
        <ButtonLink kind="primary" href="/sign-in">
          {t("signIn")}
        </ButtonLink>
      </div>
    );
  return (
    <form className={styles.form} onSubmit={submit}>
      <Failure error={state.status === "failed" ? state.error : null} />
      <NewPasswordField label={t("password")} owner={null} value={password} onChange={setPassword} />
      <Button type="submit" kind="primary" busy={state.status === "busy"} className={styles.submit ?? ""}>
        {t("submit")}
      </Button>
    </form>
  );
}
