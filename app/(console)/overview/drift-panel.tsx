"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Sparkline } from "@/components/charts/sparkline";
import { Age } from "@/components/ui/age";
import { Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { driftQuery, gatewaysQuery } from "@/lib/api-client/cluster";
import type { GatewayState } from "@/lib/cluster/list-gateways";
import styles from "./overview.module.css";

// Presence is written within a second; clients are told so, and later than this it is behind.
const BEHIND_MS = 2_000;

/** How well our memory of presence agrees with the broker, and gateways that are behind with writing it. */
export default function DriftPanel() {
  const t = useTranslations("overview.drift");
  const format = useFormat();
  const drift = useQuery(driftQuery()).data;
  const gateways = useQuery(gatewaysQuery()).data;
  const behind = (gateways ?? []).filter((gateway) => gateway.state === "lost" || gateway.lagMs > BEHIND_MS);
  const swept = drift?.nodes ?? [];
  const rows = swept.reduce((sum, node) => sum + node.rows, 0);
  const confirmed = swept.reduce((sum, node) => sum + node.confirmed, 0);
  const age = swept.length === 0 ? null : <Age at={Math.min(...swept.map((node) => Date.parse(node.sweptAt)))} plain />;
  return (
    <Panel title={t("title")} sub={t("day")}>
      <div className={styles.drift}>
        {swept.length === 0 ? (
          <p className="t2">{t(drift ? "never" : "wait")}</p>
        ) : (
          <>
            <p>
              <b className={styles.value}>{rows === 0 ? "—" : format.count((confirmed / rows) * 10_000, 1)}</b>{" "}
              <span className="t2">{t("per")}</span>
            </p>
            <Sparkline values={(drift?.points ?? []).map((point) => point.driftPer10000)} label={t("spark")} />
            <p className="t3">{t.rich("swept", { age: () => age, count: format.count(rows) })}</p>
          </>
        )}
        {behind.map((gateway) => (
          <Behind key={gateway.name} gateway={gateway} />
        ))}
      </div>
    </Panel>
  );
}

function Behind({ gateway }: { gateway: GatewayState }) {
  const t = useTranslations("overview.drift");
  const format = useFormat();
  const { name, waiting } = gateway;
  const age = <Age at={gateway.seenAt} plain />;
  return (
    <p>
      <StatusWord status={gateway.state === "lost" ? "unknown" : "trouble"} size={14}>
        {gateway.state === "lost"
          ? t.rich("lost", { name, age: () => age })
          : t("behind", { name, lag: format.duration(gateway.lagMs), waiting, count: format.count(waiting) })}
      </StatusWord>
    </p>
  );
}
