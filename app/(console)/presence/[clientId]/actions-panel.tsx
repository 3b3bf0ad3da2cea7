"use client";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { ClientDetail } from "@/lib/presence/schemas";
import styles from "./client.module.css";
import type { May } from "./may";

// Each is part of the page only once it is wanted.
const DIALOGS = {
  note: lazy(() => import("./note-dialog")),
  disconnect: lazy(() => import("./disconnect-dialog")),
  release: lazy(() => import("./release-dialog")),
  block: lazy(() => import("./block-dialog")),
  people: lazy(() => import("./person-dialog")),
};
type DialogName = keyof typeof DIALOGS;

/** What can be done about this client; each thing only for those who may. */
export function ActionsPanel({ client, may }: { client: ClientDetail; may: May }) {
  const t = useTranslations("presence.actions");
  const words = useTranslations("client.actions");
  const [open, setOpen] = useState<DialogName | null>(null);
  const { clientId } = client;
  const Opened = open ? DIALOGS[open] : null;
  if (!may.requestLogs && !may.publish && !may.note && !may.disconnect && !may.release && !may.block && !may.people)
    return null;
  return (
    <Panel title={t("title")} className={styles.first}>
      <div className={styles.actions}>
        {may.requestLogs ? (
          <ButtonLink
            kind={may.verify ? "plain" : "primary"}
            icon="log"
            href={`/diagnostics?new=true&clientId=${clientId}`}
          >
            {t("logs")}
          </ButtonLink>
        ) : null}
        {may.publish ? (
          <ButtonLink icon="message" href={`/publish?clientId=${clientId}`}>
            {t("message")}
          </ButtonLink>
        ) : null}
        {may.note ? (
          <Button icon="note" onClick={() => setOpen("note")}>
            {words("note")}
          </Button>
        ) : null}
        {may.disconnect ? (
          <Button icon="plug" onClick={() => setOpen("disconnect")}>
            {words("disconnect")}
          </Button>
        ) : null}
        {may.release && client.person ? (
          <Button icon="phone" onClick={() => setOpen("release")}>
            {words("release")}
          </Button>
        ) : null}
        {may.block && !client.block ? (
          <Button icon="block" kind="danger" onClick={() => setOpen("block")}>
            {words("block")}
          </Button>
        ) : null}
        {may.people ? (
          <Button icon="people" onClick={() => setOpen("people")}>
            {words("people")}
          </Button>
        ) : null}
      </div>
      {Opened ? (
        <Suspense fallback={null}>
          <Opened client={client} onClose={() => setOpen(null)} />
        </Suspense>
      ) : null}
    </Panel>
  );
}
