"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import type { Search } from "@/lib/api-client/presence-search";
import type { Count } from "@/lib/presence/search-schemas";
import { OPTIONAL_COLUMNS, useKeptChoices } from "./kept-choices";
import styles from "./presence.module.css";

// Few visits end in an export or a saved view, so neither is part of the page's first load.
const ExportDialog = lazy(() => import("./export-dialog"));
const SaveViewDialog = lazy(() => import("./save-view-dialog"));

/** What can be done with the list as a whole: its columns, this view under a name, all of it as CSV. */
export function ViewTools({ asked, total, isWhole }: { asked: Search; total: Count | null; isWhole: boolean }) {
  const t = useTranslations("presence");
  const router = useRouter();
  const { hidden, views, toggleColumn } = useKeptChoices();
  const [open, setOpen] = useState<"export" | "save" | null>(null);
  const close = () => setOpen(null);
  return (
    <div className={styles.tools}>
      <Menu
        trigger={
          <Button kind="ghost" size="small" icon="columns">
            {t("tools.columns")}
          </Button>
        }
        items={OPTIONAL_COLUMNS.map((column) => ({
          kind: "choice",
          key: column,
          label: t(`columns.${column}`),
          chosen: !hidden.includes(column),
          staysOpen: true,
          onSelect: () => toggleColumn(column),
        }))}
      />
      <Menu
        trigger={
          <Button kind="ghost" size="small" icon="bookmark">
            {t("tools.views")}
          </Button>
        }
        items={[
          ...views.map((view) => ({
            kind: "action" as const,
            key: `view ${view.name}`,
            label: view.name,
            onSelect: () => router.push(`/presence${view.search}`),
          })),
          ...(views.length > 0 ? [{ kind: "line" as const, key: "line" }] : []),
          { kind: "action", key: "save", label: t("tools.save"), icon: "plus", onSelect: () => setOpen("save") },
        ]}
      />
      <Button kind="ghost" size="small" icon="download" onClick={() => setOpen("export")}>
        CSV
      </Button>
      <Suspense fallback={null}>
        {open === "export" ? <ExportDialog asked={asked} total={total} isWhole={isWhole} onClose={close} /> : null}
        {open === "save" ? <SaveViewDialog onClose={close} /> : null}
      </Suspense>
    </div>
  );
}
