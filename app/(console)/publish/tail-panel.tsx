"use client";
import { useTranslations } from "next-intl";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import styles from "./publish.module.css";

// Loaded when somebody watches.
const LiveTail = dynamic(async () => (await import("./live-tail")).LiveTail, { ssr: false });

/** The live tail of a topic filter: asked for, then watched until it is stopped or its time is over. */
export function TailPanel({ startTopicName }: { startTopicName: string }) {
  const t = useTranslations("publish");
  const [topicFilter, setTopicFilter] = useState(startTopicName.replace(/[^/]+$/, "#"));
  const [watched, setWatched] = useState<{ topicFilter: string; turn: number } | null>(null);
  return (
    <Panel title={t("tail.title")} sub={t("tail.sub")}>
      <form
        className={styles.tailForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (topicFilter !== "") setWatched((before) => ({ topicFilter, turn: (before?.turn ?? 0) + 1 }));
        }}
      >
        <TextInput
          label={t("tail.filter")}
          mono
          value={topicFilter}
          onChange={(event) => setTopicFilter(event.target.value)}
          placeholder="orders/#"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
        <Button type="submit" icon="play" disabled={topicFilter === ""}>
          {t("tail.watch")}
        </Button>
      </form>
      {watched ? <LiveTail key={watched.turn} topicFilter={watched.topicFilter} /> : null}
    </Panel>
  );
}
