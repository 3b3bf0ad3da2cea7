"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import { Age } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/components/ui/use-format";
import type { ApiKeySummary } from "@/lib/access/list-api-keys";
import { apiKeysQuery, rotateApiKey } from "@/lib/api-client/api-keys";
import styles from "./access.module.css";
import { CreateApiKey, RevokeApiKey, ShowApiKey } from "./api-key-dialogs";

type Asked = { what: "create" } | { what: "made"; key: string } | { what: "revoke"; key: ApiKeySummary };

/** Keys of services; an administrator makes, rotates and revokes them here. */
export function ApiKeysPanel({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations("access");
  const query = useQuery(apiKeysQuery());
  const keys = query.data ?? [];
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = (): void => setAsked(null);
  const onMade = ({ key }: { key: string }): void => setAsked({ what: "made", key });
  const add = mayManage ? (
    <Button size="small" icon="plus" onClick={() => setAsked({ what: "create" })}>
      {t("make")}
    </Button>
  ) : null;
  const about = (
    <>
      {t("keysAbout")}{" "}
      <Link className="link" href="/developers">
        {t("howTo")}
      </Link>
    </>
  );
  return (
    <Panel title={t("keys")} sub={about} {...(keys.length > 0 && add ? { actions: add } : {})}>
      {!query.data ? (
        <Awaited query={query} rows={2} />
      ) : keys.length === 0 ? (
        <EmptyState icon="key" title={t("emptyTitle")} {...(add ? { action: add } : {})}>
          {t("emptyAbout")}
        </EmptyState>
      ) : (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th>{t("state")}</th>
                <th>{t("name")}</th>
                <th>{t("may")}</th>
                <th className="r">{t("made")}</th>
                <th className="r">{t("used")}</th>
                {mayManage ? (
                  <th>
                    <span className="vh">{t("acts")}</span>
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <KeyRow
                  key={key.id}
                  apiKey={key}
                  mayManage={mayManage}
                  onMade={onMade}
                  onRevoke={() => setAsked({ what: "revoke", key })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asked?.what === "create" ? <CreateApiKey onClose={close} onMade={onMade} /> : null}
      {asked?.what === "made" ? <ShowApiKey apiKey={asked.key} onClose={close} /> : null}
      {asked?.what === "revoke" ? <RevokeApiKey apiKey={asked.key} onClose={close} /> : null}
    </Panel>
  );
}

function KeyRow({
  apiKey,
  mayManage,
  onMade,
  onRevoke,
}: {
  apiKey: ApiKeySummary;
  mayManage: boolean;
  onMade: (made: { key: string }) => void;
  onRevoke: () => void;
}) {
  const t = useTranslations("access");
  const format = useFormat();
  const queryClient = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => rotateApiKey(apiKey.id),
    onSuccess: onMade,
    onError: (error: Error) => toast.failed({ title: t("rotateFailed"), detail: error.message }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: apiKeysQuery().queryKey }),
  });
  const isInUse = apiKey.revokedAt === null;
  const acts = [
    { kind: "action" as const, key: "rotate", label: t("rotate"), onSelect: () => rotate.mutate() },
    { kind: "line" as const, key: "line" },
    { kind: "action" as const, key: "revoke", label: t("revoke"), onSelect: onRevoke, danger: true },
  ];
  return (
    <tr className={styles.endpoint}>
      <td className="t2">{t(isInUse ? "states.inUse" : "states.revoked")}</td>
      <td>
        <div className="b">{apiKey.name}</div>
        {apiKey.createdBy ? <div className="t2">{t("madeBy", { name: apiKey.createdBy })}</div> : null}
        {isInUse && apiKey.previousUntil ? (
          <div className="t2">{t("oldKey", { until: format.exact(apiKey.previousUntil) })}</div>
        ) : null}
      </td>
      <td>
        <div className="mono t2">{apiKey.permissions.join(" ")}</div>
        {apiKey.permissions.includes("publish.send") ? (
          <div className="t2">
            {t("publishesTo")} <span className="mono">{apiKey.topicFilters.join(" ")}</span>
          </div>
        ) : null}
        {apiKey.ratePerSecond === null ? null : (
          <div className="t2">{t("rate", { rate: format.count(apiKey.ratePerSecond) })}</div>
        )}
        {apiKey.mostRecipients === null ? null : (
          <div className="t2">{t("most", { most: format.count(apiKey.mostRecipients) })}</div>
        )}
      </td>
      <td className="r">
        <Age at={apiKey.createdAt} />
      </td>
      <td className="r">{apiKey.lastUsedAt === null ? t("never") : <Age at={apiKey.lastUsedAt} />}</td>
      {mayManage ? (
        <td className="r">
          {isInUse ? (
            <Menu
              trigger={
                <Button kind="ghost" size="small" icon="more" aria-label={t("actions", { name: apiKey.name })} />
              }
              items={acts}
            />
          ) : null}
        </td>
      ) : null}
    </tr>
  );
}
