"use client";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useRef } from "react";
import { PASSWORD_LENGTH } from "@/lib/operators/terms";
import { PasswordInput } from "../ui/password-input";

// With its lists of passwords 250 kB, which nobody waits for who chooses none.
const StrengthMeter = lazy(() => import("./strength-meter"));

/** Where a password is chosen: what it has to be, and how hard the one typed is to guess. A weak one is not sent. */
export function NewPasswordField({
  label,
  owner,
  value,
  onChange,
}: {
  label: string;
  /** Whose names may not be in it; null where the browser does not know them, and the server alone refuses. */
  owner: { email: string; name: string } | null;
  value: string;
  onChange: (password: string) => void;
}) {
  const t = useTranslations("components.password");
  const inputRef = useRef<HTMLInputElement>(null);
  return (
    <PasswordInput
      ref={inputRef}
      label={label}
      help={t("rules", { least: PASSWORD_LENGTH.least })}
      autoComplete="new-password"
      required
      minLength={PASSWORD_LENGTH.least}
      maxLength={PASSWORD_LENGTH.most}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      below={
        value === "" ? null : (
          <Suspense>
            <StrengthMeter password={value} owner={owner} inputRef={inputRef} />
          </Suspense>
        )
      }
    />
  );
}
