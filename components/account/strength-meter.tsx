"use client";
import { useTranslations } from "next-intl";
import { useEffect, useState, type RefObject } from "react";
import { ownWordsOf, passwordStrength, type PasswordStrength } from "@/lib/operators/password-strength";
import { PASSWORD_LENGTH } from "@/lib/operators/terms";
import styles from "./strength-meter.module.css";

// Judging takes up to 0.2 s, so it waits for a pause in typing.
const PAUSE_MS = 200;
const STEPS = [1, 2, 3, 4] as const;

/** How hard a password is to guess, in steps and words; the field it is typed in is not valid while that is too little. */
export default function StrengthMeter({
  password,
  owner,
  inputRef,
}: {
  password: string;
  owner: { email: string; name: string } | null;
  inputRef: RefObject<HTMLInputElement | null>;
}) {
  const t = useTranslations("components.password");
  const [judged, setJudged] = useState<(PasswordStrength & { of: string }) | null>(null);
  const left = PASSWORD_LENGTH.least - password.length;
  const email = owner?.email ?? "";
  const name = owner?.name ?? "";

  useEffect(() => {
    if (left > 0) return;
    const timer = setTimeout(
      () => setJudged({ ...passwordStrength(password, ownWordsOf({ email, name })), of: password }),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [password, email, name, left]);

  const strength = judged?.of === password ? judged : null;
  const why = strength?.weakness ? t(`weak.${strength.weakness}`) : "";
  useEffect(() => {
    const input = inputRef.current;
    input?.setCustomValidity(why);
    return () => input?.setCustomValidity("");
  }, [inputRef, why]);

  const words = strength ? t(`scores.${strength.score}`) : null;
  return (
    <div className={styles.meter} data-weak={strength?.weakness ? "" : undefined}>
      <meter
        className="vh"
        aria-label={t("strength")}
        min={0}
        max={4}
        value={strength?.score ?? 0}
        {...(words ? { "aria-valuetext": words } : {})}
      />
      <div className={styles.steps} aria-hidden="true">
        {STEPS.map((step) => (
          <span key={step} data-on={strength && step <= Math.max(strength.score, 1) ? "" : undefined} />
        ))}
      </div>
      <output className={styles.words}>
        {left > 0 ? t("short", { left }) : words ? <b>{words}.</b> : null} {why}
      </output>
    </div>
  );
}
