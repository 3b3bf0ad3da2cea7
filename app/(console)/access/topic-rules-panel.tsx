"use client";
import { useTranslations } from "next-intl";
import { Panel } from "@/components/ui/panel";
import { deviceTopics, groupTopic } from "@/lib/mqtt/device-topics";
import styles from "./access.module.css";

/** Which topics devices may have, in the order the rules are asked. What a client gets by them, the tester tells. */
export function TopicRulesPanel({ topicRoot }: { topicRoot: string }) {
  const t = useTranslations("access.topicRules");
  const { all, events } = deviceTopics("{clientId}", topicRoot);
  return (
    <Panel title={t("title")} sub={t("about")}>
      <ul className={styles.blocks}>
        {(
          [
            ["own", all],
            ["events", events],
            ["groups", groupTopic("{group}", topicRoot)],
            ["granted", null],
          ] as const
        ).map(([rule, topic]) => (
          <li key={rule} className={styles.block}>
            <div className={styles.blockFacts}>
              <p className={topic === null ? undefined : "mono"}>{topic ?? t("grantedTopics")}</p>
              <p className="t2">{t(rule)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
