"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { Age, Since } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/clock";
import { Icon } from "@/components/ui/icon";
import { PresentProofs, PresentSentence, useUnheard, type NotRenewed } from "@/components/ui/not-renewed";
import { Proof } from "@/components/ui/proof";
import type { Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { AlertItem, AlertList } from "@/lib/alerts/schemas";
import type { ClusterNode, Overview } from "@/lib/cluster/schemas";
import { useAlertWords } from "../alerts/use-alert-words";
import { connectsOf, verdictOf } from "./figure-verdict";

// Nodes are looked at every 2 s and sampled every 5 s; twice as old is late, and the watch says stopped at 15 s.
const FRESH_MS = 10_000;
const PROMISE_MS = 20_000;
// Rules are evaluated every 5 s; older than this, nobody evaluates.
const RENEWED_MS = 30_000;

/** The sentence on-call reads first, with its proofs. `alerts` null: who looks may not see them, or the page is of the past. */
export function OverviewAnswer({
  overview,
  alerts,
  failed,
  travel,
}: {
  overview: Overview;
  alerts: AlertList | null;
  failed: NotRenewed | null;
  /** Leads into the past; null: the page is of the past already. */
  travel: (() => void) | null;
}) {
  const t = useTranslations("overview");
  const time = useTranslations("cluster.time");
  const heard = useUnheard(failed);
  const nodes = useNodesSentence(overview, travel === null);
  const calm = useCalmSentence({ overview, alerts, isPast: travel === null, heardAt: failed?.since ?? null });
  const told = nodes ?? calm;
  const { status } = heard ?? told;
  return (
    <Answer
      status={status}
      proofs={
        <PresentProofs failed={failed}>
          <Proofs overview={overview} gravest={nodes ? askingOf(alerts) : []} />
        </PresentProofs>
      }
      actions={
        <>
          {told.status === "online" ? null : (
            <Link className="btn" href="/cluster">
              <Icon name="cluster" />
              {t("openCluster")}
            </Link>
          )}
          {travel ? (
            <Button icon="clock" onClick={travel}>
              {time("open")}
            </Button>
          ) : null}
        </>
      }
    >
      <PresentSentence told={told.sentence} unheard={heard?.sentence} />
    </Answer>
  );
}

interface Sentence {
  status: Status;
  sentence: ReactNode;
}

/** Open alerts that ask for somebody, the gravest first. */
const askingOf = (alerts: AlertList | null): AlertItem[] =>
  alerts?.alerts.filter((alert) => alert.snoozedUntil === null) ?? [];

/** What is wrong with the nodes or with our view of them; null: nothing. */
function useNodesSentence({ nodes, watch, clients }: Overview, isPast: boolean): Sentence | null {
  const t = useTranslations("overview");
  const format = useFormat();
  if (watch.status === "not_started") return { status: "unknown", sentence: t(isPast ? "past.nothing" : "notStarted") };
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
  return null;
}

/**
 * All nodes are well: how many clients, and whether anything else needs somebody. That nothing does is said only where we know.
 * `heardAt`: since when nothing could be heard (ms); null: we hear.
 */
function useCalmSentence({
  overview: { nodes, clients, figures },
  alerts,
  isPast,
  heardAt,
}: {
  overview: Overview;
  alerts: AlertList | null;
  isPast: boolean;
  heardAt: number | null;
}): Sentence {
  const t = useTranslations("overview");
  const words = useAlertWords();
  const format = useFormat();
  const now = useNow();
  const counted =
    clients.online === null
      ? t("healthyUncounted", { nodes: nodes.length })
      : t(isPast ? "past.healthy" : "healthy", {
          nodes: nodes.length,
          clients: clients.online,
          count: format.count(clients.online),
        });
  const told = (status: Status, more: ReactNode): Sentence => ({ status, sentence: [counted, " ", more] });
  const asking = askingOf(alerts);
  const [gravest] = asking;
  if (gravest) {
    const says = words.says(gravest);
    return told(
      "trouble",
      t.rich("alerting", {
        link: () => (
          <Link className="link" key={gravest.id} href={`/alerts/${gravest.id}`}>
            {says}
          </Link>
        ),
        more: asking.length - 1,
      }),
    );
  }
  const odd = figures
    .filter((figure) => verdictOf(figure, connectsOf(figures)).is === "trouble")
    .map((figure) => t(`figures.${figure.key}`));
  if (odd.length > 0) return told("trouble", t(isPast ? "past.unusual" : "unusual", { figures: odd.join(", ") }));
  if (!alerts || clients.online === null) return { status: "online", sentence: counted };
  const { evaluatedAt, counts } = alerts;
  if (evaluatedAt === null) return told("unknown", t("rulesNever"));
  // What we could not hear of says nothing of who evaluates.
  if ((heardAt ?? now) - Date.parse(evaluatedAt) > RENEWED_MS)
    return told("unknown", t.rich("rulesBlind", { age: () => <Age key="age" at={evaluatedAt} plain /> }));
  const held = counts.acknowledged + counts.snoozed;
  return told("online", held > 0 ? t("held", { count: held }) : t("calm"));
}

function Proofs({ overview, gravest: [alert, ...more] }: { overview: Overview; gravest: readonly AlertItem[] }) {
  const t = useTranslations("overview");
  const words = useAlertWords();
  const { nodes, sampledAt, watch } = overview;
  if (watch.status === "not_started") return <span className="proof">{t("notStartedAbout")}</span>;
  const up = nodes.filter((node) => node.state === "up");
  const lost = nodes.filter((node) => node.state !== "up");
  const answers = up.flatMap((node) => (node.lastAnswerAt ? [Date.parse(node.lastAnswerAt)] : []));
  return (
    <>
      {alert ? (
        <span className="proof">
          <Link className="link" href={`/alerts/${alert.id}`}>
            {t("alertOpen", { says: words.says(alert), more: more.length })}
          </Link>
        </span>
      ) : null}
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
