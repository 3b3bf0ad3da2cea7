"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { shortId } from "@/lib/format/short-id";
import { visibleText } from "@/lib/format/visible-text";
import { Icon } from "../ui/icon";
import { CONSOLE_PAGES } from "./pages";

/** Where this page stands: the console, its page, and the thing opened on it. */
export function Breadcrumb() {
  const t = useTranslations("shell");
  const [, word = "", ...rest] = usePathname().split("/");
  const page = CONSOLE_PAGES.find((candidate) => candidate.word === word);
  const name = page
    ? t(`pages.${page.word}`)
    : word === "account" || word === "design" || word === "developers"
      ? t(`pages.${word}`)
      : t("console");
  const opened = rest.map((part) => shortId(decodeURIComponent(part))).join(" / ");
  return (
    <nav className="crumb trunc" aria-label={t("where")}>
      {opened === "" ? (
        <span className="hide-s nw">{t("console")}</span>
      ) : (
        <Link className="hide-s nw" href={`/${word}`}>
          {name}
        </Link>
      )}
      <span className="hide-s">
        <Icon name="right" size={12} />
      </span>
      <b className={opened === "" ? "trunc" : "trunc mono"} aria-current="page">
        {opened === "" ? name : visibleText(opened)}
      </b>
    </nav>
  );
}
