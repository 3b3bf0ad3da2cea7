"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { Age, Since } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { Icon } from "@/components/ui/icon";
import { Proof } from "@/components/ui/proof";
import type { Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { ClusterNode, Overview } from "@/lib/cluster/schemas";
import { connectsOf, verdictOf } from "./figure-verdict";

// Nodes are looked at every 2 s and sampled every 5 s; twice as old is late, and the watch says stopped at 15 s.
const FRESH_MS = 10_000;
const PROMISE_MS = 20_000;

/** The sentence on-call reads first, with its proofs. */
export function OverviewAnswer({ overview }: { overview: Overview }) {
  const t = useTranslations("overview");
  const { status, sentence } = useSentence(overview);
  const isCalm = status === "online";
  return (
    <Answer
      status={status}
      proofs={<Proofs overview={overview} />}
      actions={
        isCalm ? null : (
          <Link className="btn" href="/cluster">
            <Icon name="cluster" />
            {t("openCluster")}
          </Link>
        )
      }
    >
      {sentence}
    </Answer>
  );
}

function useSentence(overview: Overview): { status: Status; sentence: ReactNode } {
  const t = useTranslations("overview");
  const format = useFormat();
  const { nodes, watch, clients, figures } = overview;
  if (watch.status === "not_started") return { status: "unknown", sentence: t("notStarted") };
  if (watch.status === "stopped")
    return { status: "unknown", sentence: t.rich("stopped", { age: () => <Since at={watch.lastAt} /> }) };

  const names = (some: readonly ClusterNode[]) => some.map((node) => node.name).join(", ");
  const asking = nodes.filter((node) => node.evidence === "not_asked" || node.evidence === "watch_paused");
  const lost = nodes.filter((node) => node.state !== "up" && !asking.includes(node));
  const unknown =
    clients.unknown > 0
      ? t("unknownClients", { clients: clients.unknown, count: format.count(clients.unknown) })
      : null;
  const [only] = lost;
  if (only && lost.length === 1) {
    const what = t.rich(only.state === "down" ? "down" : "silent", {
      node: only.name,
      age: () => <Age at={only.since} plain />,
    });
    const means = unknown ?? (only.role === "publisher" ? t("publisherLost") : null);
    return { status: "trouble", sentence: [what, means ? ` ${means}` : null] };
  }
  if (lost.length > 1) {
    const what = t("several", { lost: lost.length, total: nodes.length, names: names(lost) });
    return { status: "trouble", sentence: unknown ? `${what} ${unknown}` : what };
  }
  const split = nodes.filter((node) => node.split);
  if (split.length > 0) {
    const since = Math.min(...split.map((node) => Date.parse(node.split?.since ?? "")));
    return {
      status: "trouble",
      sentence: t.rich("split", { names: names(split), since: () => <Since at={since} /> }),
    };
  }
  if (asking.length > 0)
    return {
      status: "unknown",
      sentence: t("asking", { answered: nodes.length - asking.length, total: nodes.length }),
    };
  const unreadable = nodes.filter((node) => node.evidence === "metrics_unreadable");
  if (unreadable.length > 0)
    return { status: "unknown", sentence: t("unreadable", { names: names(unreadable), count: unreadable.length }) };
  if (clients.online === null) return { status: "online", sentence: t("healthyUncounted", { nodes: nodes.length }) };

  const counted = { nodes: nodes.length, clients: clients.online, count: format.count(clients.online) };
  const odd = figures
    .filter((figure) => verdictOf(figure, connectsOf(figures)).is === "trouble")
    .map((figure) => t(`figures.${figure.key}`));
  return odd.length > 0
    ? { status: "trouble", sentence: t("unusual", { ...counted, figures: odd.join(", ") }) }
    : { status: "online", sentence: t("healthy", counted) };
}

function Proofs({ overview }: { overview: Overview }) {
  const t = useTranslations("overview");
  const { nodes, sampledAt, watch } = overview;
  if (watch.status === "not_started") return <span className="proof">{t("notStartedAbout")}</span>;
  const up = nodes.filter((node) => node.state === "up");
  const lost = nodes.filter((node) => node.state !== "up");
  const answers = up.flatMap((node) => (node.lastAnswerAt ? [Date.parse(node.lastAnswerAt)] : []));
  return (
    <>
      {watch.status === "stopped" ? <span className="proof">{t("stoppedAbout")}</span> : null}
      {lost.flatMap((node) =>
        node.lastAnswerAt
          ? [
              <Proof key={node.name} at={node.lastAnswerAt} freshMs={0}>
                {t("proof.heard", { node: node.name })}
              </Proof>,
            ]
          : [],
      )}
      {answers.length > 0 ? (
        <Proof at={Math.min(...answers)} freshMs={FRESH_MS} promiseMs={PROMISE_MS}>
          {t(lost.length > 0 ? "proof.othersAnswered" : "proof.answered", { count: up.length })}
        </Proof>
      ) : null}
      {(["notConfigured", "notInCluster"] as const).map((key) =>
        overview.membership[key].length > 0 ? (
          <span className="proof" key={key}>
            {t(key, { names: overview.membership[key].join(", ") })}
          </span>
        ) : null,
      )}
      {sampledAt ? (
        <Proof at={sampledAt} freshMs={FRESH_MS} promiseMs={PROMISE_MS}>
          {t("proof.sampled")}
        </Proof>
      ) : null}
    </>
  );
}
