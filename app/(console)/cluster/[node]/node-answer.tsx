"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Since } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { useNow } from "@/components/ui/clock";
import { PresentProofs, type NotRenewed } from "@/components/ui/not-renewed";
import { Proof } from "@/components/ui/proof";
import { Unbroken } from "@/components/ui/unbroken";
import { useFormat } from "@/components/ui/use-format";
import { STALE_SECONDS } from "@/lib/cluster/terms";
import type { NodeDetail } from "@/lib/cluster/schemas";
import { useNodeState } from "../use-node-state";

const FRESH_MS = 10_000;
const PROMISE_MS = 20_000;

/** How the node is, since when, and what that rests on. */
export function NodeAnswer({ detail, failed }: { detail: NodeDetail; failed: NotRenewed | null }) {
  const t = useTranslations("cluster.node");
  const format = useFormat();
  const { node } = detail;
  // The page asks every few seconds; when its answers stop, or the watch does, what it says is of then.
  const isWatched =
    useNow() - Date.parse(detail.at) < 2 * STALE_SECONDS * 1_000 &&
    node.evidence !== "not_asked" &&
    node.evidence !== "watch_paused";
  const { status, because } = useNodeState()(node, isWatched);
  const lasting = <Since at={node.split?.since ?? node.since} />;
  const since = () => lasting;
  const sentence: ReactNode = !isWatched
    ? t("unwatched", { node: node.name })
    : node.split && node.state === "up"
      ? t.rich("split", { node: node.name, names: node.split.awayFrom.join(", "), since })
      : t.rich(node.state, { node: node.name, since });
  const others = detail.versions.filter((each) => each.version !== node.version);
  return (
    <Answer
      status={status}
      proofs={
        <PresentProofs failed={failed}>
          {node.lastAnswerAt ? (
            <Proof at={node.lastAnswerAt} freshMs={FRESH_MS} promiseMs={PROMISE_MS}>
              {t("answered")}
            </Proof>
          ) : null}
          <span className="proof">{because ?? t("evidence")}</span>
          {node.version ? <span className="proof">{t("version", { version: node.version })}</span> : null}
          {node.hasOtherVersion ? (
            <span className="proof st-unknown">
              {t("skew", { versions: others.map((each) => each.version).join(", ") })}
            </span>
          ) : null}
          {node.bootedAt ? <span className="proof">{t("booted", { at: format.exact(node.bootedAt) })}</span> : null}
        </PresentProofs>
      }
    >
      <Unbroken>{sentence}</Unbroken>
    </Answer>
  );
}
