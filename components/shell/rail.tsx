"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Fragment } from "react";
import { zoneName } from "@/lib/format/instant";
import { Icon } from "../ui/icon";
import { StatusMark } from "../ui/status-mark";
import { useFormat } from "../ui/use-format";
import type { ConsolePage } from "./pages";

/** The sign of the product and its name. */
export function Brand() {
  const t = useTranslations("shell");
  return (
    <div className="brand">
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="3" fill="var(--accent)" />
        <path
          d="M5 15a7 7 0 0 1 0-10M15 5a7 7 0 0 1 0 10"
          fill="none"
          stroke="var(--text)"
          strokeWidth="1.7"
          strokeLinecap="round"
        />
      </svg>
      {t("product")}
    </div>
  );
}

/** Links to the pages, the present one marked. */
export function PageLinks({
  pages,
  openAlerts,
  onFollow,
}: {
  pages: readonly ConsolePage[];
  openAlerts: number;
  onFollow?: () => void;
}) {
  const t = useTranslations("shell");
  const here = usePathname().split("/")[1];
  return (
    <nav className="nav" aria-label={t("main")}>
      {pages.map((page, n) => (
        <Fragment key={page.word}>
          {page.governs && n > 0 && !pages[n - 1]?.governs ? <hr /> : null}
          <Link
            href={`/${page.word}`}
            {...(page.word === here ? { "aria-current": "page" as const } : {})}
            {...(onFollow ? { onClick: onFollow } : {})}
          >
            <Icon name={page.icon} />
            {t(`pages.${page.word}`)}
            {page.word === "alerts" && openAlerts > 0 ? (
              <span className="n bad">
                <StatusMark status="trouble" size={12} label={t("openAlerts")} />
                {openAlerts}
              </span>
            ) : null}
          </Link>
        </Fragment>
      ))}
    </nav>
  );
}

/** Which zone times are told in. */
export function ZoneNote() {
  const t = useTranslations("shell");
  const { locale, timeZone } = useFormat();
  return <>{t("times", { zone: zoneName({ locale, timeZone }) })}</>;
}

/** The left rail on wide screens. */
export function Rail({ pages, openAlerts }: { pages: readonly ConsolePage[]; openAlerts: number }) {
  return (
    <div className="rail">
      <Brand />
      <PageLinks pages={pages} openAlerts={openAlerts} />
      <div className="foot">
        <ZoneNote />
      </div>
    </div>
  );
}
