"use client";
import { useTranslations } from "next-intl";
import { Notice } from "@/components/ui/notice";
import { useFormat } from "@/components/ui/use-format";
import type { ClientDetail } from "@/lib/presence/schemas";
import type { ClientExplained } from "@/lib/timeline/schemas";
import styles from "./client.module.css";

/** When what the patient feels is our doing: says so above everything, with words to say aloud. */
export function UsNotThem({ client, ours }: { client: ClientDetail; ours: ClientExplained["ours"] }) {
  const t = useTranslations("presence.us");
  const words = useTranslations("client.us");
  const format = useFormat();
  const { firstName } = client.person;
  const fault = ours ?? silentNode(client);
  if (!fault) return null;
  return (
    <div className={styles.banner}>
      <Notice kind="trouble" title={t("title")}>
        {words(`about.${fault.kind}`, {
          named: firstName ? "yes" : "no",
          name: firstName ?? "",
          where: fault.node ? "node" : "everywhere",
          node: fault.node ?? "",
          clock: format.clock(fault.at),
          // The phone itself is told of, so the others are one fewer.
          others: Math.max(0, (fault.clients ?? 1) - 1),
        })}{" "}
        {words(fault.isBack ? "back" : "willBeBack")}
        <div className={styles.aloud}>
          <span className="t3">{t("say")}</span>{" "}
          {words(fault.isBack ? "sayBack" : "say", { clock: format.clock(fault.at, "minute") })}
        </div>
      </Notice>
    </div>
  );
}

/** Before the history is read, or where it may not be: unknown for a node's silence is ours as well. */
function silentNode({ presence }: ClientDetail): ClientExplained["ours"] {
  if (presence?.state !== "unknown" || presence.nodeState === "up") return null;
  const { node, nodeStateSince } = presence;
  return { kind: "node_lost", node, at: nodeStateSince, until: null, clients: null, isBack: false };
}
