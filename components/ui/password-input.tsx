"use client";
import { useTranslations } from "next-intl";
import { useState, type ComponentProps, type ReactNode } from "react";
import { Button } from "./button";
import { Field } from "./field";
import styles from "./password-input.module.css";

/** A field for a password, which can be shown while it is typed. `below` stands between the control and its help. */
export function PasswordInput({
  label,
  help,
  below,
  ...rest
}: { label: ReactNode; help?: ReactNode; below?: ReactNode } & Omit<ComponentProps<"input">, "type" | "className">) {
  const t = useTranslations("components.password");
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} help={help}>
      {(control) => (
        <>
          <span className={styles.control}>
            <input {...rest} {...control} className="in" type={shown ? "text" : "password"} />
            <Button
              kind="ghost"
              size="small"
              icon={shown ? "hidden" : "eye"}
              aria-label={t(shown ? "hide" : "show")}
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
            />
          </span>
          {below}
        </>
      )}
    </Field>
  );
}
