"use client";
import { useTranslations } from "next-intl";
import { Facts, Panel } from "@/components/ui/panel";
import { deviceTopics, groupTopic } from "@/lib/mqtt/device-topics";

/** Which topics devices may have: three rules, in the order they are asked. What a client gets by them, the tester tells. */
export function TopicRulesPanel({ topicRoot }: { topicRoot: string }) {
  const t = useTranslations("access.topicRules");
  const { all, events } = deviceTopics("{clientId}", topicRoot);
  return (
    <Panel title={t("title")} sub={t("about")}>
      <Facts
        rows={[
          { key: "own", name: <span className="mono">{all}</span>, value: t("own") },
          { key: "events", name: <span className="mono">{events}</span>, value: t("events") },
          { key: "groups", name: <span className="mono">{groupTopic("{group}", topicRoot)}</span>, value: t("groups") },
          { key: "granted", name: t("granted"), value: t("grants") },
        ]}
      />
    </Panel>
  );
}
