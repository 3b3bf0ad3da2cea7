"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Since } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { useNow } from "@/components/ui/clock";
import { PresentProofs, PresentSentence, useUnheard, type NotRenewed } from "@/components/ui/not-renewed";
import { Proof } from "@/components/ui/proof";
import type { Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { spanEveryMs } from "@/lib/api-client/cluster";
import type { NodeList } from "@/lib/cluster/schemas";
import type { ClusterView } from "./use-cluster-view";

// How long a node's return is news.
const RECENT_MS = 3_600_000;
const FRESH_MS = 10_000;
const PROMISE_MS = 20_000;

/** How the nodes are, whether they see one another, and how the charts below were made. */
export function ClusterAnswer({
  list,
  view,
  failed,
}: {
  list: NodeList;
  view: ClusterView;
  failed: NotRenewed | null;
}) {
  const t = useTranslations("cluster.proof");
  const format = useFormat();
  const told = useSentence(list, view.at);
  const heard = useUnheard(failed);
  const { status } = heard ?? told;
  const up = list.nodes.filter((node) => node.state === "up");
  const answers = up.flatMap((node) => (node.lastAnswerAt ? [Date.parse(node.lastAnswerAt)] : []));
  const versions = [...new Set(list.nodes.flatMap((node) => node.version ?? []))];
  const everyMs = spanEveryMs(view.span);
  const { notConfigured, notInCluster } = list.membership;
  const isWhole = up.length > 1 && list.watch.status === "watching" && up.every((node) => !node.split);
  return (
    <Answer
      status={status}
      proofs={
        <PresentProofs failed={failed}>
          {answers.length > 0 ? (
            <Proof at={Math.min(...answers)} freshMs={FRESH_MS} promiseMs={PROMISE_MS}>
              {t("answered")}
            </Proof>
          ) : null}
          {isWhole ? <span className="proof">{t("whole")}</span> : null}
          {everyMs === null || list.watch.status !== "watching" ? null : (
            <span className="proof">{t("step", { step: format.duration(everyMs) })}</span>
          )}
          {versions.length > 1 ? (
            <span className="proof">{t("versions", { versions: versions.join(", ") })}</span>
          ) : null}
          {notConfigured.length > 0 ? (
            <span className="proof">{t("notConfigured", { names: notConfigured.join(", ") })}</span>
          ) : null}
          {notInCluster.length > 0 ? (
            <span className="proof">{t("notInCluster", { names: notInCluster.join(", ") })}</span>
          ) : null}
        </PresentProofs>
      }
    >
      <PresentSentence told={told.sentence} unheard={heard?.sentence} />
    </Answer>
  );
}

function useSentence({ nodes, watch }: NodeList, at: number | null): { status: Status; sentence: ReactNode } {
  const t = useTranslations("cluster.answer");
  const now = useNow();
  if (watch.status === "not_started")
    return { status: "unknown", sentence: t(at === null ? "notStarted" : "nothingThen") };
  if (watch.status === "stopped")
    return { status: "unknown", sentence: t.rich("stopped", { age: () => <Since at={watch.lastAt} /> }) };
  const asking = nodes.filter((node) => node.evidence === "not_asked" || node.evidence === "watch_paused");
  const lost = nodes.filter((node) => node.state !== "up" && !asking.includes(node));
  if (lost.length > 0) {
    const names = lost.map((node) => node.name).join(", ");
    return { status: "trouble", sentence: t("lost", { lost: lost.length, total: nodes.length, names }) };
  }
  const split = nodes.filter((node) => node.split);
  if (split.length > 0) {
    const since = Math.min(...split.map((node) => Date.parse(node.split?.since ?? "")));
    const names = split.map((node) => node.name).join(", ");
    return { status: "trouble", sentence: t.rich("split", { names, since: () => <Since at={since} /> }) };
  }
  if (asking.length > 0)
    return {
      status: "unknown",
      sentence: t("asking", { answered: nodes.length - asking.length, total: nodes.length }),
    };
  if (at !== null) return { status: "online", sentence: t("healthyThen", { nodes: nodes.length }) };
  const recent = nodes.filter((node) => now - Date.parse(node.since) < RECENT_MS);
  const [latest] = recent.toSorted((a, b) => Date.parse(b.since) - Date.parse(a.since));
  // When all of them are new it is the start of everything, and no news of one.
  const news =
    latest && recent.length < nodes.length
      ? [" ", t.rich("recent", { node: latest.name, since: () => <Since key="since" at={latest.since} /> })]
      : null;
  return { status: "online", sentence: [t("healthy", { nodes: nodes.length }), news] };
}
