import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Brand } from "@/components/shell/rail";
import { VIEWER_COOKIES } from "@/i18n/locales";
import { csrfTokenOf } from "@/lib/auth/csrf";
import { configuredProvider } from "@/lib/auth/provider-env";
import { failureOfWord } from "@/lib/auth/schemas";
import { actorOfSession } from "@/lib/auth/session";
import { cookieNames, ownPath } from "@/lib/auth/session-rules";
import { consoleNow } from "@/lib/http/console-context";
import { consoleEnv, isHttps } from "@/lib/http/console-env";
import { SignInChoices } from "./sign-in-choices";
import { SignInForm } from "./sign-in-form";
import styles from "./sign-in.module.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth");
  return { title: t("title") };
}

interface SignInPageProps {
  searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const env = consoleEnv();
  const names = cookieNames(isHttps(env));
  const [given, jar, t] = await Promise.all([searchParams, cookies(), getTranslations("auth")]);
  // After a failed form without scripts the way back is only in next-auth's cookie.
  const asked = first(given.callbackUrl) ?? jar.get(names.callbackUrl)?.value;
  const path = ownPath(
    asked?.startsWith(env.NEXTAUTH_URL) ? asked.slice(new URL(env.NEXTAUTH_URL).origin.length) : asked,
  );
  const failure = failureOfWord(first(given.error));
  const provider = configuredProvider()?.OIDC_NAME ?? null;
  const theme = jar.get(VIEWER_COOKIES.theme)?.value;
  // With a failure shown, a redirect could loop when the database is what fails.
  if (!failure && (await actorOfSession(jar.get(names.session)?.value, consoleNow()))) redirect(path);

  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <Brand />
        <h1 className={styles.title}>{t("title")}</h1>
        <p className={styles.lead}>
          {provider ? t("leadProvider") : given.callbackUrl && path !== "/" ? t("leadBack") : t("lead")}
        </p>
        <SignInForm
          csrfToken={csrfTokenOf(jar.get(names.csrf)?.value, env.NEXTAUTH_SECRET) ?? ""}
          callbackUrl={path}
          failure={failure}
          provider={provider}
        />
        {env.PRACTICE ? (
          <aside className={styles.practice}>
            <b>{t("practice.title")}</b> {t.rich("practice.about", { code: asCode })}
          </aside>
        ) : null}
      </div>
      <footer className={styles.choices}>
        <SignInChoices theme={theme === "light" || theme === "dark" ? theme : "system"} />
      </footer>
    </main>
  );
}

const asCode = (text: ReactNode) => <code>{text}</code>;

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
