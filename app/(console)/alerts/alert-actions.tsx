"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import type { AlertItem } from "@/lib/alerts/schemas";
import { snoozeAlert } from "@/lib/api-client/alert-desk";
import { refetchAlerts } from "@/lib/api-client/alerts";
import styles from "./alerts.module.css";

const NoteDialog = lazy(() => import("./note-dialog"));

const SNOOZES = { m30: 30, h1: 60, h4: 240, d1: 1440, d7: 10_080 } as const;
const SNOOZE_KEYS = ["m30", "h1", "h4", "d1", "d7"] as const satisfies readonly (keyof typeof SNOOZES)[];

/** Take it, put it off, or, when nothing is known of it any more, end it. */
export default function AlertActions({ alert, isMain = false }: { alert: AlertItem; isMain?: boolean }) {
  const t = useTranslations("alerts");
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<"acknowledge" | "resolve" | null>(null);
  const snooze = useMutation({
    mutationFn: snoozeAlert,
    onSuccess: () => refetchAlerts(queryClient),
    onError: (error) => toast.failed({ title: t("do.failed"), detail: error.message }),
  });
  const isUnknown = alert.firings.length > 0 && alert.firings.every((firing) => firing.noDataSince !== null);
  const size = isMain ? "normal" : "small";
  const isTaken = alert.status === "acknowledged";
  return (
    <div className={isMain ? "acts" : styles.acts}>
      {isUnknown ? (
        <Button size={size} onClick={() => setAsking("resolve")}>
          {t("do.resolve")}
        </Button>
      ) : null}
      <Menu
        trigger={
          <Button size={size} icon="clock" busy={snooze.isPending}>
            {t("do.snooze")}
          </Button>
        }
        items={[
          { kind: "heading", key: "for", label: t("do.snoozeFor") },
          ...SNOOZE_KEYS.map((key) => ({
            kind: "action" as const,
            key,
            label: t(`snoozes.${key}`),
            onSelect: () => snooze.mutate({ alertId: alert.id, minutes: SNOOZES[key] }),
          })),
          ...(alert.snoozedUntil
            ? [
                {
                  kind: "action" as const,
                  key: "end",
                  label: t("do.unsnooze"),
                  onSelect: () => snooze.mutate({ alertId: alert.id, minutes: 0 }),
                },
              ]
            : []),
        ]}
      />
      <Button
        size={size}
        kind={isMain && !isTaken ? "primary" : "plain"}
        icon="check"
        onClick={() => setAsking("acknowledge")}
      >
        {t(isTaken ? "do.takeOver" : "do.acknowledge")}
      </Button>
      {asking ? (
        <Suspense fallback={null}>
          <NoteDialog alert={alert} what={asking} onClose={() => setAsking(null)} />
        </Suspense>
      ) : null}
    </div>
  );
}
