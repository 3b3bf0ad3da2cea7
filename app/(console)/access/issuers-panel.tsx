"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Since } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { Scroll } from "@/components/ui/scroll";
import { StatusPill } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { Issuer } from "@/lib/access/schemas";
import { issuersQuery } from "@/lib/api-client/issuers";
import styles from "./access.module.css";

/** Whose tokens devices may connect with, how each issuer is, and what became of its tokens. */
export function IssuersPanel() {
  const t = useTranslations("access.issuers");
  const query = useQuery(issuersQuery());
  const { data } = query;
  return (
    <Panel title={t("title")} sub={data?.since ? <Lasting words="about" since={data.since} /> : undefined}>
      {!data ? <Awaited query={query} rows={2} /> : null}
      {data?.gateways === 0 ? (
        <EmptyState icon="cluster" title={t("noGatewayTitle")}>
          {t("noGatewayAbout")}
        </EmptyState>
      ) : null}
      {data && data.issuers.length > 0 ? (
        <Scroll label={t("title")}>
          <table>
            <thead>
              <tr>
                <th>{t("issuer")}</th>
                <th>{t("state")}</th>
                <th>{t("how")}</th>
                <th className="r">{t("known")}</th>
                <th className="r">{t("verified")}</th>
                <th className="r">{t("stale")}</th>
                <th className="r">{t("refused")}</th>
              </tr>
            </thead>
            <tbody>
              {data.issuers.map((issuer) => (
                <IssuerRow key={`${issuer.name} ${issuer.audience}`} issuer={issuer} gateways={data.gateways} />
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
    </Panel>
  );
}

function IssuerRow({ issuer, gateways }: { issuer: Issuer; gateways: number }) {
  const t = useTranslations("access.issuers");
  const format = useFormat();
  const { name, audience, keys, isAsked, awaySince, awayAt, outcomes } = issuer;
  return (
    <tr className={styles.endpoint}>
      <td>
        <span className="mono">{name}</span>
        {audience === null ? null : <div className="t2">{t("audience", { audience })}</div>}
      </td>
      <td>
        {awaySince === null ? (
          <StatusPill status="online">{t("answers")}</StatusPill>
        ) : (
          <>
            <StatusPill status="trouble">
              {awayAt < gateways ? t("awayAt", { away: awayAt, gateways }) : t("away")}
            </StatusPill>
            <div className="t2">
              <Lasting words="awaySince" since={awaySince} />
            </div>
          </>
        )}
      </td>
      <td className="t2">
        {keys === null ? null : <div>{t(`keys.${keys}`, { algorithms: issuer.algorithms.join(", ") })}</div>}
        {isAsked ? <div>{t("asked")}</div> : null}
      </td>
      <td className="r">{format.count(outcomes.known)}</td>
      <td className="r">{format.count(outcomes.verified)}</td>
      <td className="r">{format.count(outcomes.stale)}</td>
      <td className="r">{format.count(outcomes.refused)}</td>
    </tr>
  );
}

function Lasting({ words, since }: { words: "about" | "awaySince"; since: string }) {
  const t = useTranslations("access.issuers");
  return t.rich(words, { since: () => <Since at={since} /> });
}
