import type { Metadata, Viewport } from "next";
import { NextIntlClientProvider } from "next-intl";
import { getLocale, getTranslations } from "next-intl/server";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { ClockProvider } from "@/components/ui/clock";
import { Toaster } from "@/components/ui/toast";
import { VIEWER_COOKIES } from "@/i18n/locales";
import { mono, sans } from "./fonts/fonts";
import { Providers } from "./providers";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/status.css";
import "./styles/panels.css";
import "./styles/controls.css";
import "./styles/tables.css";
import "./styles/charts.css";
import "./styles/floats.css";
import "./styles/shell.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("components");
  return { title: { default: t("product"), template: `%s · ${t("product")}` }, robots: { index: false } };
}

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("components.request");
  const chosen = (await cookies()).get(VIEWER_COOKIES.theme)?.value;
  const theme = chosen === "light" || chosen === "dark" ? chosen : undefined;
  return (
    // Without a choice there is no data-theme, and the style sheet follows the system: nothing to flash, no script to run.
    <html lang={await getLocale()} data-theme={theme} className={`${sans.variable} ${mono.variable}`}>
      <body data-late={t("late")} data-unreachable={t("unreachable")} data-answered={t.raw("answered")}>
        <NextIntlClientProvider>
          <ClockProvider startAt={Date.now()}>
            <Providers>{children}</Providers>
            <Toaster />
          </ClockProvider>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
