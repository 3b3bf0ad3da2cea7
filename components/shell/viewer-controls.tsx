"use client";
import { useLocale, useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { LOCALES } from "@/i18n/locales";
import { Button } from "../ui/button";
import type { IconName } from "../ui/icon";
import { Menu } from "../ui/menu";
import { Segmented } from "../ui/segmented";
import { chooseLocale, chooseTheme, THEMES, type Theme } from "./viewer-choices";

/** EN or ID; the page is drawn again in place. */
export function LanguageSwitch() {
  const t = useTranslations("shell");
  const router = useRouter();
  const locale = useLocale();
  return (
    <Segmented
      label={t("language")}
      value={LOCALES.find((known) => known === locale) ?? "en"}
      options={LOCALES.map((value) => ({
        value,
        label: (
          <abbr title={t(`languages.${value}`)} lang={value}>
            {value.toUpperCase()}
          </abbr>
        ),
      }))}
      onChange={(value) => {
        chooseLocale(value);
        router.refresh();
      }}
    />
  );
}

const THEME_ICON: Record<Theme, IconName> = { system: "system", light: "sun", dark: "moon" };

/** Light, dark, or as the device is set. */
export function ThemeSwitch({ initial }: { initial: Theme }) {
  const t = useTranslations("shell.theme");
  const [theme, setTheme] = useState(initial);
  return (
    <Menu
      trigger={<Button kind="ghost" size="small" icon={THEME_ICON[theme]} aria-label={t("label")} />}
      items={THEMES.map((choice) => ({
        kind: "choice" as const,
        key: choice,
        label: t(choice),
        chosen: choice === theme,
        onSelect: () => {
          setTheme(choice);
          chooseTheme(choice);
        },
      }))}
    />
  );
}
