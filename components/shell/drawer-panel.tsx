"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import * as Dialog from "radix-ui/dialog";
import { Button } from "../ui/button";
import { useFocusBack } from "../ui/use-focus-back";
import { useRoleName } from "../ui/use-role-name";
import type { ConsolePage } from "./pages";
import { Brand, PageLinks, ZoneNote } from "./rail";
import type { ShellOperator } from "./shell-operator";
import { LanguageSwitch } from "./viewer-controls";

export interface DrawerProps {
  pages: readonly ConsolePage[];
  openAlerts: number;
  operator: ShellOperator;
  onSignOut: () => void;
}

/** The drawer, open by being mounted. */
export default function DrawerPanel({
  pages,
  openAlerts,
  operator,
  onSignOut,
  onClose,
}: DrawerProps & { onClose: () => void }) {
  const t = useTranslations("shell");
  const roleName = useRoleName();
  const focusBack = useFocusBack();
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="drawer" {...focusBack} aria-describedby={undefined}>
          <Dialog.Title asChild>
            <div>
              <Brand />
            </div>
          </Dialog.Title>
          <PageLinks pages={pages} openAlerts={openAlerts} onFollow={onClose} />
          <div className="foot stack">
            <LanguageSwitch />
            <span>{t("operator", { name: operator.name, role: roleName(operator.role) })}</span>
            <Link className="link" href="/account" onClick={onClose}>
              {t("account")}
            </Link>
            <Button onClick={onSignOut}>{t("signOut")}</Button>
            <ZoneNote />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
