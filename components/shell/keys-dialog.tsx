"use client";
import { useTranslations } from "next-intl";
import DialogFrame from "../ui/dialog-frame";
import { Kbd } from "../ui/kbd";
import { Facts } from "../ui/panel";
import type { ConsolePage } from "./pages";

/** The list of keys. */
export default function KeysDialog({ onClose, pages }: { onClose: () => void; pages: readonly ConsolePage[] }) {
  const t = useTranslations("shell");
  const keys = [
    { keys: ["Ctrl K"], about: t("keys.find") },
    { keys: ["/"], about: t("keys.search") },
    { keys: ["j"], about: t("keys.next") },
    { keys: ["k"], about: t("keys.previous") },
    { keys: ["Enter"], about: t("keys.open") },
    ...pages.map((page) => ({ keys: ["g", page.key], about: t("keys.go", { page: t(`pages.${page.word}`) }) })),
    { keys: ["?"], about: t("keys.list") },
  ];
  return (
    <DialogFrame open onClose={onClose} title={t("keys.title")}>
      <Facts rows={keys.map((row) => ({ key: row.keys.join(" "), name: row.about, value: <Kbd keys={row.keys} /> }))} />
    </DialogFrame>
  );
}
