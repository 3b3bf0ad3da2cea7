"use client";
import { useTranslations } from "next-intl";
import type { Status } from "@/components/ui/status-mark";
import type { ClusterNode } from "@/lib/cluster/schemas";

/** How a node is, in a mark and a word, and what there is to say beside it. */
export function useNodeState(): (
  node: ClusterNode,
  isWatched: boolean,
) => { status: Status; word: string; because: string | null } {
  const t = useTranslations("cluster.nodes");
  return (node, isWatched) => {
    const notes = [
      ...(node.evidence === "answers" ? [] : [t(`evidence.${node.evidence}`)]),
      ...(node.split ? [t("awayFrom", { names: node.split.awayFrom.join(", ") })] : []),
      ...(node.scrapeFault ? [t(`faults.${node.scrapeFault.fault}`)] : []),
      ...(node.missingHooks.length > 0 ? [t("missingHooks", { hooks: node.missingHooks.join(", ") })] : []),
    ];
    const because = notes.length > 0 ? notes.join(" · ") : null;
    if (!isWatched) return { status: "unknown", word: t("notWatched"), because };
    if (node.state === "up" && node.split) return { status: "trouble", word: t("states.split"), because };
    if (node.state === "up") return { status: "online", word: t("states.up"), because };
    return { status: node.state === "down" ? "trouble" : "unknown", word: t(`states.${node.state}`), because };
  };
}
