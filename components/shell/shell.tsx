"use client";
import { useTranslations } from "next-intl";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import type { LiveState } from "@/lib/api-client/event-stream";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Menu } from "../ui/menu";
import { useRoleName } from "../ui/use-role-name";
import { Breadcrumb } from "./breadcrumb";
import { Drawer } from "./drawer";
import { LiveIndicator } from "./live-indicator";
import type { ConsolePage } from "./pages";
import type { FindClients } from "./palette";
import { Rail } from "./rail";
import type { ShellOperator } from "./shell-operator";
import { useShortcuts } from "./use-shortcuts";
import { chooseTheme, type Theme } from "./viewer-choices";
import { LanguageSwitch, ThemeSwitch } from "./viewer-controls";

const Palette = dynamic(() => import("./palette"), { ssr: false });
const KeysDialog = dynamic(() => import("./keys-dialog"), { ssr: false });

/** Rail, bar and palette around every page of the console. */
export function Shell({
  operator,
  pages,
  openAlerts,
  theme,
  practice,
  live,
  findClients,
  onSignOut,
  notice,
  tools,
  children,
}: {
  operator: ShellOperator;
  pages: readonly ConsolePage[];
  /** Alerts that ask for somebody; zero for who may not see them. */
  openAlerts: number;
  theme: Theme;
  practice: boolean;
  live: LiveState;
  findClients: FindClients | null;
  onSignOut: () => void;
  /** Stands above everything while it is there. */
  notice?: ReactNode;
  /** Stands in the bar beside the viewer's choices. */
  tools?: ReactNode;
  children: ReactNode;
}) {
  const t = useTranslations("shell");
  const roleName = useRoleName();
  const router = useRouter();
  const [floating, setFloating] = useState<"nothing" | "palette" | "keys">("nothing");
  useShortcuts({
    onFind: () => setFloating("palette"),
    onSearch: () => {
      const box = document.querySelector<HTMLInputElement>("[data-page-search]");
      if (box) box.focus();
      else setFloating("palette");
    },
    onGo: (key) => {
      const page = pages.find((candidate) => candidate.key === key);
      if (page) router.push(`/${page.word}`);
    },
    onList: () => setFloating("keys"),
  });
  const who = t("operator", { name: operator.name, role: roleName(operator.role) });
  return (
    <>
      <a className="btn pri skip" href="#content">
        {t("skip")}
      </a>
      <div className="app">
        <Rail pages={pages} openAlerts={openAlerts} />
        <div>
          {practice ? <p className="practice">{t("practice")}</p> : null}
          {notice}
          <header className="top">
            <Drawer pages={pages} openAlerts={openAlerts} operator={operator} onSignOut={onSignOut} />
            <Breadcrumb />
            <span className="sp" />
            <button type="button" className="find" onClick={() => setFloating("palette")}>
              <Icon name="find" size={14} />
              {t("find.open")}
              <kbd>Ctrl K</kbd>
            </button>
            <Button
              kind="ghost"
              icon="find"
              className="only-s"
              aria-label={t("find.open")}
              onClick={() => setFloating("palette")}
            />
            <LiveIndicator live={live} />
            <span className="hide-s">
              <LanguageSwitch />
            </span>
            {tools}
            <ThemeSwitch initial={theme} />
            <span className="hide-s">
              <Menu
                trigger={
                  <button type="button" className="ava" title={who}>
                    <span aria-hidden="true">{initials(operator.name)}</span>
                    <span className="vh">{who}</span>
                  </button>
                }
                items={[
                  { kind: "heading", key: "who", label: who },
                  { kind: "line", key: "line" },
                  { kind: "link", key: "account", label: t("account"), href: "/account" },
                  { kind: "action", key: "sign-out", label: t("signOut"), onSelect: onSignOut },
                ]}
              />
            </span>
          </header>
          <main className="page" id="content" tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
      {floating === "palette" ? (
        <Palette
          pages={pages}
          findClients={findClients}
          onClose={() => setFloating("nothing")}
          actions={[
            { key: "account", label: t("account"), icon: "people", run: () => router.push("/account") },
            { key: "light", label: t("theme.light"), icon: "sun", run: () => chooseTheme("light") },
            { key: "dark", label: t("theme.dark"), icon: "moon", run: () => chooseTheme("dark") },
            { key: "keys", label: t("keys.title"), icon: "menu", run: () => setFloating("keys") },
            { key: "sign-out", label: t("signOut"), icon: "arrow", run: onSignOut },
          ]}
        />
      ) : null}
      {floating === "keys" ? <KeysDialog onClose={() => setFloating("nothing")} pages={pages} /> : null}
    </>
  );
}

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? "")
    .join("");
