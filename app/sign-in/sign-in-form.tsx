"use client";

import { useTranslations } from "next-intl";
import { useRef, useState, type FormEvent, type RefObject } from "react";
import { flushSync } from "react-dom";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/clock";
import { TextInput } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { PasswordInput } from "@/components/ui/password-input";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { isUnreachable, signIn, signInByProvider } from "@/lib/api-client/session";
import type { SignInFailure } from "@/lib/auth/schemas";
import styles from "./sign-in.module.css";

/** `unreachable` is known to the browser alone. */
type Failure = SignInFailure | { kind: "unreachable" };

interface SignInFormProps {
  csrfToken: string;
  /** A path of ours. */
  callbackUrl: string;
  failure: SignInFailure | null;
  /** How the identity provider is called; null without one. */
  provider: string | null;
}

/** A plain form that next-auth takes as it is; with scripts it keeps what was typed and tells a failure in place. */
export function SignInForm({ csrfToken, callbackUrl, failure: told, provider }: SignInFormProps) {
  const t = useTranslations("auth");
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ failure: Failure; at: number } | null>(told && { failure: told, at: now });
  const passwordRef = useRef<HTMLInputElement>(null);
  const codeRef = useRef<HTMLInputElement>(null);
  // A page that was loaded to ask for the code (without scripts) holds none of what was typed: it asks for all three.
  const [step, setStep] = useState<"password" | "code" | "all">(told?.kind === "code" ? "all" : "password");
  const waitMs = failed?.failure.kind === "wait" ? failed.failure.seconds * 1_000 - (now - failed.at) : 0;

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => String(fields.get(name) ?? "");
    setBusy(true);
    setFailed(null);
    try {
      const answer = await signIn({
        email: text("email"),
        password: text("password"),
        code: text("code"),
        callbackUrl,
      });
      // A whole page load: everything behind the door starts with the new session.
      if ("path" in answer) return window.location.assign(answer.path);
      if (answer.failure.kind === "code") flushSync(() => setStep("code"));
      else setFailed({ failure: answer.failure, at: Date.now() });
      const next = codeRef.current ?? passwordRef.current;
      next?.focus();
      next?.select();
    } catch (error) {
      setFailed({ failure: { kind: isUnreachable(error) ? "unreachable" : "unavailable" }, at: Date.now() });
    }
    setBusy(false);
  };

  const leave = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      const failure = await signInByProvider(callbackUrl);
      if (!failure) return;
      setFailed({ failure, at: Date.now() });
    } catch (error) {
      setFailed({ failure: { kind: isUnreachable(error) ? "unreachable" : "unavailable" }, at: Date.now() });
    }
    setBusy(false);
  };

  return (
    <form method="post" action="/api/auth/callback/credentials" className={styles.form} onSubmit={submit}>
      <input type="hidden" name="csrfToken" value={csrfToken} />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <div aria-live="assertive" className={styles.told}>
        {failed ? <FailureNote failure={failed.failure} step={step} waitMs={waitMs} /> : null}
      </div>
      {provider && step === "password" ? (
        <>
          <Button kind="primary" busy={busy} onClick={() => void leave()}>
            {t("provider", { name: provider })}
          </Button>
          <p className={styles.or}>{t("or")}</p>
        </>
      ) : null}
      {/* Kept, hidden, while the code is asked for: all three go together. */}
      <div className={styles.form} hidden={step === "code"}>
        <TextInput
          label={t("email")}
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={254}
        />
        <PasswordInput
          ref={passwordRef}
          label={t("password")}
          name="password"
          autoComplete="current-password"
          required
          maxLength={256}
        />
      </div>
      {step === "password" ? null : <CodeInput ref={codeRef} />}
      <Button
        type="submit"
        {...(provider ? {} : { kind: "primary" })}
        busy={busy}
        disabled={waitMs > 0}
        className={styles.submit ?? ""}
      >
        {t("submit")}
      </Button>
      {step === "code" ? (
        <Button
          kind="ghost"
          onClick={() => {
            setFailed(null);
            setStep("password");
          }}
        >
          {t("again")}
        </Button>
      ) : null}
    </form>
  );
}

function CodeInput({ ref }: { ref: RefObject<HTMLInputElement | null> }) {
  const t = useTranslations("auth");
  return (
    <TextInput
      ref={ref}
      label={t("code")}
      help={t("codeHelp")}
      mono
      name="code"
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      required
      maxLength={40}
    />
  );
}

function FailureNote({
  failure,
  step,
  waitMs,
}: {
  failure: Failure;
  step: "password" | "code" | "all";
  waitMs: number;
}) {
  const t = useTranslations("auth");
  const format = useFormat();
  if (failure.kind !== "wait")
    return (
      <p className={styles.failure}>
        <StatusMark status="trouble" size={16} />
        {failure.kind === "provider"
          ? t(`failure.byProvider.${failure.cause}`)
          : t(failure.kind === "refused" && step !== "password" ? "failure.refusedCode" : `failure.${failure.kind}`)}
      </p>
    );
  if (waitMs <= 0) return <p className={styles.failure}>{t("failure.waited")}</p>;
  return (
    <p className={styles.failure}>
      <Icon name="clock" />
      {/* Read aloud once, not at every second. */}
      <span className="vh">{t("failure.wait", { duration: format.duration(failure.seconds * 1_000) })}</span>
      <span aria-hidden="true">{t("failure.wait", { duration: format.duration(waitMs) })}</span>
    </p>
  );
}
