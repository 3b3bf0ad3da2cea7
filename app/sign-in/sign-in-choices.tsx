"use client";

import { useLocale, useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { chooseLocale, chooseTheme, THEMES, type Theme } from "@/components/shell/viewer-choices";
import { Icon } from "@/components/ui/icon";
import { Segmented } from "@/components/ui/segmented";
import { LOCALES } from "@/i18n/locales";

const THEME_ICON = { system: "system", light: "sun", dark: "moon" } as const;

/** Language and theme before one is known. No menu as in the shell: the headless menu would be a sixth of this page's script. */
export function SignInChoices({ theme: initial }: { theme: Theme }) {
  const t = useTranslations("shell");
  const router = useRouter();
  const locale = useLocale();
  const [theme, setTheme] = useState(initial);
  return (
    <>
      <Segmented
        label={t("language")}
        value={LOCALES.find((known) => known === locale) ?? "en"}
        options={LOCALES.map((value) => ({ value, label: <span lang={value}>{t(`languages.${value}`)}</span> }))}
        onChange={(value) => {
          chooseLocale(value);
          router.refresh();
        }}
      />
      <Segmented
        label={t("theme.label")}
        value={theme}
        options={THEMES.map((value) => ({
          value,
          label: (
            <>
              <Icon name={THEME_ICON[value]} size={14} />
              <span className="vh">{t(`theme.${value}`)}</span>
            </>
          ),
        }))}
        onChange={(value) => {
          setTheme(value);
          chooseTheme(value);
        }}
      />
    </>
  );
}
