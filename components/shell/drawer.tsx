"use client";
import { useTranslations } from "next-intl";
import * as Dialog from "radix-ui/dialog";
import { useState } from "react";
import { Button } from "../ui/button";
import type { ConsolePage } from "./pages";
import { Brand, PageLinks, ZoneNote } from "./rail";
import type { ShellOperator } from "./shell-operator";
import { LanguageSwitch } from "./viewer-controls";

/** The rail on phones, behind the burger; with what the narrow bar leaves out. */
export function Drawer({
  pages,
  operator,
  onSignOut,
}: {
  pages: readonly ConsolePage[];
  operator: ShellOperator;
  onSignOut: () => void;
}) {
  const t = useTranslations("shell");
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button kind="ghost" icon="menu" className="burger" aria-label={t("openMenu")} />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="drawer" aria-describedby={undefined}>
          <Dialog.Title asChild>
            <div>
              <Brand />
            </div>
          </Dialog.Title>
          <PageLinks pages={pages} onFollow={() => setOpen(false)} />
          <div className="foot stack">
            <LanguageSwitch />
            <span>{t("operator", { name: operator.name, role: t(`roles.${operator.role}`) })}</span>
            <Button onClick={onSignOut}>{t("signOut")}</Button>
            <ZoneNote />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
