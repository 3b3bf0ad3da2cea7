"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Age } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/components/ui/use-format";
import { changeWebhook, rotateWebhook, testWebhook, webhooksQuery } from "@/lib/api-client/webhooks";
import type { EndpointSecret, WebhookEndpoint } from "@/lib/webhooks/schemas";
import styles from "./access.module.css";
import { DeliveriesDialog } from "./deliveries-dialog";
import { CreateWebhook, RemoveWebhook, ShowSecret } from "./webhook-dialogs";

type Asked =
  | { what: "create" }
  | { what: "secret"; made: EndpointSecret }
  | { what: "deliveries" | "remove"; endpoint: WebhookEndpoint };

/** Endpoints that are told of what happens; an administrator makes and changes them here. */
export function WebhooksPanel({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations("webhooks");
  const query = useQuery(webhooksQuery());
  const endpoints = query.data ?? [];
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = (): void => setAsked(null);
  const add = (
    <Button size="small" icon="plus" onClick={() => setAsked({ what: "create" })}>
      {t("add")}
    </Button>
  );
  return (
    <Panel title={t("title")} sub={t("about")} {...(mayManage && endpoints.length > 0 ? { actions: add } : {})}>
      {!query.data ? (
        <Awaited query={query} rows={2} />
      ) : endpoints.length === 0 ? (
        <EmptyState icon="link" title={t("emptyTitle")} {...(mayManage ? { action: add } : {})}>
          {t("emptyAbout")}
        </EmptyState>
      ) : (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th>{t("state")}</th>
                <th>{t("name")}</th>
                <th>{t("tells")}</th>
                <th className="r">{t("waiting")}</th>
                <th className="r">{t("lastDelivered")}</th>
                <th>
                  <span className="vh">{t("acts")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {endpoints.map((endpoint) => (
                <EndpointRow key={endpoint.endpointId} endpoint={endpoint} mayManage={mayManage} ask={setAsked} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asked?.what === "create" ? (
        <CreateWebhook onClose={close} onMade={(made) => setAsked({ what: "secret", made })} />
      ) : null}
      {asked?.what === "secret" ? <ShowSecret secret={asked.made.secret} onClose={close} /> : null}
      {asked?.what === "deliveries" ? (
        <DeliveriesDialog endpoint={asked.endpoint} mayManage={mayManage} onClose={close} />
      ) : null}
      {asked?.what === "remove" ? <RemoveWebhook endpoint={asked.endpoint} onClose={close} /> : null}
    </Panel>
  );
}

function EndpointRow({
  endpoint,
  mayManage,
  ask,
}: {
  endpoint: WebhookEndpoint;
  mayManage: boolean;
  ask: (asked: Asked) => void;
}) {
  const t = useTranslations("webhooks");
  const format = useFormat();
  const hasTrouble = endpoint.failed > 0 || endpoint.dropped > 0;
  return (
    <tr className={styles.endpoint}>
      <td>
        {hasTrouble && endpoint.enabled ? (
          <StatusWord status="trouble">{t("enabled")}</StatusWord>
        ) : (
          <span className="t2">{t(endpoint.enabled ? "enabled" : "disabled")}</span>
        )}
      </td>
      <td>
        <div className="b">{endpoint.name}</div>
        <div className={`mono t2 ${styles.url}`}>{endpoint.url}</div>
        {endpoint.failed > 0 ? <div className="t2">{t("failedDay", { count: endpoint.failed })}</div> : null}
        {endpoint.dropped > 0 ? <div className="t2">{t("droppedAll", { count: endpoint.dropped })}</div> : null}
        {endpoint.previousSecretUntil ? (
          <div className="t2">{t("oldSecret", { until: format.exact(endpoint.previousSecretUntil) })}</div>
        ) : null}
      </td>
      <td className="mono t2">{endpoint.eventTypes.join(" ")}</td>
      <td className="r">{format.count(endpoint.pending)}</td>
      <td className="r">{endpoint.lastDeliveredAt === null ? t("never") : <Age at={endpoint.lastDeliveredAt} />}</td>
      <td className="r">
        <EndpointMenu endpoint={endpoint} mayManage={mayManage} ask={ask} />
      </td>
    </tr>
  );
}

function EndpointMenu({
  endpoint,
  mayManage,
  ask,
}: {
  endpoint: WebhookEndpoint;
  mayManage: boolean;
  ask: (asked: Asked) => void;
}) {
  const t = useTranslations("webhooks");
  const queryClient = useQueryClient();
  const { endpointId, name, enabled } = endpoint;
  const settled = {
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["webhooks"] }),
    onError: (error: Error) => toast.failed({ title: t("failed"), detail: error.message }),
  };
  const test = useMutation({
    mutationFn: () => testWebhook(endpointId),
    onSuccess: () => toast.done({ title: t("tested") }),
    ...settled,
  });
  const rotate = useMutation({
    mutationFn: () => rotateWebhook(endpointId),
    onSuccess: (made) => ask({ what: "secret", made }),
    ...settled,
  });
  const change = useMutation({
    mutationFn: () => changeWebhook(endpointId, enabled ? "disabled" : "enabled"),
    ...settled,
  });
  const action = (key: string, label: string, onSelect: () => void, danger = false) => ({
    kind: "action" as const,
    key,
    label,
    onSelect,
    danger,
  });
  return (
    <Menu
      trigger={<Button kind="ghost" size="small" icon="more" aria-label={t("actions", { name })} />}
      items={[
        action("open", t("open"), () => ask({ what: "deliveries", endpoint })),
        ...(mayManage
          ? [
              ...(enabled ? [action("test", t("test"), () => test.mutate())] : []),
              action("rotate", t("rotate"), () => rotate.mutate()),
              action("change", t(enabled ? "disable" : "enable"), () => change.mutate()),
              { kind: "line" as const, key: "line" },
              action("remove", t("remove"), () => ask({ what: "remove", endpoint }), true),
            ]
          : []),
      ]}
    />
  );
}
