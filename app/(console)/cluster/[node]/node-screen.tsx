"use client";
import { useQuery } from "@tanstack/react-query";
import { lazy } from "react";
import { Awaited } from "@/components/ui/awaited";
import { notRenewed } from "@/components/ui/not-renewed";
import { nodeQuery, type ChartSpan } from "@/lib/api-client/cluster";
import { Charts } from "../charts";
import { OpenWave } from "../open-wave";
import { useClusterView } from "../use-cluster-view";
import { ViewBar } from "../view-bar";
import { WhenNear } from "../when-near";
import { NodeAnswer } from "./node-answer";

const PhonesPanel = lazy(() => import("../phones-panel"));
const HappenedPanel = lazy(() => import("../happened-panel"));
const NodePanels = lazy(() => import("./node-panels"));
const NodeClients = lazy(() => import("./node-clients"));

const WEEK: ChartSpan = { kind: "now", range: "7d" };

/** One node: how it is and why we say so, its figures over time, where it listens, whom it sees, who is on it. */
export function NodeScreen({ node, may }: { node: string; may: { mark: boolean; seeClients: boolean } }) {
  const detail = useQuery(nodeQuery(node));
  const { data } = detail;
  const view = { ...useClusterView(), only: node, at: null };
  if (!data) return <Awaited query={detail} rows={8} />;
  const failed = notRenewed(detail);
  const isSubscriber = data.node.role === "subscriber";
  return (
    <>
      <NodeAnswer detail={data} failed={failed} />
      <ViewBar view={view} nodes={null} isRenewed={!failed} mayMark={may.mark} />
      <OpenWave view={view} maySeeClients={may.seeClients} />
      <Charts view={view} />
      <WhenNear height={280}>
        <NodePanels detail={data} />
      </WhenNear>
      {isSubscriber ? (
        <WhenNear height={280}>
          <PhonesPanel view={view} />
        </WhenNear>
      ) : null}
      {may.seeClients ? (
        <WhenNear height={280}>
          <NodeClients node={node} role={data.node.role} isUp={data.node.state === "up"} />
        </WhenNear>
      ) : null}
      <WhenNear height={160}>
        <HappenedPanel span={WEEK} mayMark={false} node={node} />
      </WhenNear>
    </>
  );
}
