import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { cookies } from "next/headers";
import { Brand } from "@/components/shell/rail";
import { VIEWER_COOKIES } from "@/i18n/locales";
import { SignInChoices } from "../sign-in/sign-in-choices";
import styles from "../sign-in/sign-in.module.css";
import { SetPasswordForm } from "./set-password-form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("setPassword.title") };
}

/** Where the link of an invitation leads; the token is behind `#` and never reaches us but in the form's request. */
export default async function SetPasswordPage() {
  const [jar, t] = await Promise.all([cookies(), getTranslations("auth")]);
  const theme = jar.get(VIEWER_COOKIES.theme)?.value;
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <Brand />
        <h1 className={styles.title}>{t("setPassword.title")}</h1>
        <p className={styles.lead}>{t("setPassword.lead")}</p>
        <SetPasswordForm />
      </div>
      <footer className={styles.choices}>
        <SignInChoices theme={theme === "light" || theme === "dark" ? theme : "system"} />
      </footer>
    </main>
  );
}
