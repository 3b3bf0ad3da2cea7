"use client";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Button } from "../ui/button";
import type { DrawerProps } from "./drawer-panel";

const DrawerPanel = lazy(() => import("./drawer-panel"));

/** The rail on phones, behind the burger; with what the narrow bar leaves out. */
export function Drawer(props: DrawerProps) {
  const t = useTranslations("shell");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        kind="ghost"
        icon="menu"
        className="burger"
        aria-label={t("openMenu")}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(true)}
      />
      {open ? (
        <Suspense fallback={null}>
          <DrawerPanel {...props} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
