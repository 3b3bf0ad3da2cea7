"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { TextInput } from "@/components/ui/field";
import { useSettled } from "@/components/ui/use-settled";
import { liveSessionQuery } from "@/lib/api-client/client";
import { topicsQuery } from "@/lib/api-client/publish";
import { isClientId } from "@/lib/mqtt/is-client-id";
import { clientIdOfTopic, deviceTopics } from "@/lib/mqtt/device-topics";
import type { TopicNameFault } from "@/lib/mqtt/topic-name-fault";

// Longer than between two keys, so that the broker is asked about identifiers that are whole.
const TYPING_MS = 600;

/** The topic name, completed from what is known: published to before, groups, and what the client at hand is subscribed to. */
export function TopicField({
  value,
  topicRoot,
  fault,
  onChange,
}: {
  value: string;
  topicRoot: string;
  fault: TopicNameFault | null;
  onChange: (topicName: string) => void;
}) {
  const t = useTranslations("publish");
  const listId = useId();
  const clientId = useSettled(clientIdOfTopic(value, topicRoot), TYPING_MS);
  const known = useQuery(topicsQuery()).data ?? [];
  const ofClient = useTopicsOfClient(clientId, topicRoot);
  const options = new Map([
    ...known.map(({ topicName, from }) => [topicName, t(`topic.from.${from}`)] as const),
    ...ofClient.map((topicName) => [topicName, t("topic.from.client", { clientId: clientId ?? "" })] as const),
  ]);
  return (
    <>
      <TextInput
        label={t("topic.label")}
        mono
        name="topic"
        list={listId}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder="orders/ABC-123"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        error={fault === null ? null : t(`topic.fault.${fault}`)}
      />
      <datalist id={listId}>
        {[...options].map(([topicName, from]) => (
          <option key={topicName} value={topicName}>
            {from}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** What reaches a client: its own two topics, and what the broker says it is subscribed to, as far as that is a name. */
function useTopicsOfClient(clientId: string | null, topicRoot: string): string[] {
  const isWhole = clientId !== null && isClientId(clientId);
  const session = useQuery({ ...liveSessionQuery(clientId ?? ""), enabled: isWhole, retry: false }).data;
  if (!isWhole) return [];
  const { inbox, commands } = deviceTopics(clientId, topicRoot);
  const subscribed = session?.status === "session" ? session.subscriptions : [];
  return [inbox, commands, ...subscribed.map((one) => one.topicFilter).filter((filter) => !/[+#]/.test(filter))];
}
