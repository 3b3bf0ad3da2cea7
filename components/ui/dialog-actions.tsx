"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "./button";

/** A dialog's footer: out of it without doing anything, and what it is for. */
export function DialogActions({ onCancel, children }: { onCancel: () => void; children: ReactNode }) {
  const t = useTranslations("components");
  return (
    <>
      <Button onClick={onCancel}>{t("cancel")}</Button>
      {children}
    </>
  );
}
