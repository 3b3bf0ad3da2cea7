"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { waveQuery, type WaveSpan, type WaveValue } from "@/lib/api-client/cluster";
import type { WaveExplanation, WaveFactor } from "@/lib/cluster/schemas";
import { useHappeningWords } from "./use-happening-words";
import { useWaveWords } from "./use-wave-words";
import { WaveClients } from "./wave-clients";
import { WaveGroups } from "./wave-groups";
import styles from "./wave.module.css";

/** The lens: what the disconnects or refusals of a stretch have in common, and whose they are. */
export default function WavePanel({
  wave,
  onClose,
  maySeeClients,
}: {
  wave: WaveSpan;
  onClose: () => void;
  maySeeClients: boolean;
}) {
  const t = useTranslations("cluster.wave");
  const format = useFormat();
  const explained = useQuery(waveQuery(wave));
  const { data } = explained;
  const [chosen, setChosen] = useState<WaveValue | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // The lens opens above what was clicked: the reader is taken to it.
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const span = { from: `${format.shortDay(wave.from)} ${format.clock(wave.from)}`, to: format.clock(wave.to) };
  return (
    <section className={`panel ${styles.panel}`} aria-label={t(`title.${wave.kind}`)}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {t(`title.${wave.kind}`)}
        </h2>
        <span className="sub">{t("span", span)}</span>
        <span className="sp row">
          <Button kind="ghost" size="small" icon="close" aria-label={t("close")} onClick={onClose} />
        </span>
      </header>
      {data ? (
        <>
          <Sentence found={data} />
          {data.clients === 0 ? null : <WaveGroups found={data} chosen={chosen} onChoose={setChosen} />}
          {data.clients > 0 && maySeeClients ? (
            <WaveClients
              key={`${chosen?.dimension} ${chosen?.value}`}
              wave={wave}
              of={chosen}
              onAll={() => setChosen(null)}
            />
          ) : null}
        </>
      ) : (
        <Awaited query={explained} rows={6} />
      )}
    </section>
  );
}

function Sentence({ found }: { found: WaveExplanation }) {
  const t = useTranslations("cluster.wave");
  const happened = useHappeningWords();
  const format = useFormat();
  if (found.clients === 0) return <p className={styles.sentence}>{t(`none.${found.kind}`)}</p>;
  const counts = {
    events: format.count(found.events),
    clients: found.clients,
    count: format.count(found.clients),
    atLeast: found.eventsAreAtLeast ? "yes" : "no",
  };
  return (
    <div className={styles.sentence}>
      <p className={styles.factor}>
        <StatusMark status={found.factor ? "trouble" : "unknown"} size={20} />
        {found.factor ? <FactorSentence found={found} factor={found.factor} /> : t("noFactor")}
      </p>
      <p className="t2">
        {t(`counted.${found.kind}`, counts)}
        {found.sampleShare < 1 ? ` ${t("sampled", { percent: format.count(found.sampleShare * 100, 1) })}` : null}
      </p>
      {found.incidents.length > 0 ? (
        <p className="t2">
          {t("incidents")}{" "}
          {found.incidents
            .map(
              ({ at, ...incident }) =>
                `${format.clock(at)} ${happened({ kind: "state", at: Date.parse(at), ...incident })}`,
            )
            .join("; ")}
        </p>
      ) : null}
    </div>
  );
}

function FactorSentence({ found, factor }: { found: WaveExplanation; factor: WaveFactor }) {
  const t = useTranslations("cluster.wave");
  const words = useWaveWords();
  const format = useFormat();
  return (
    <span>
      {t(`factor.${factor.dimension}`, {
        share: format.count(factor.share * 100),
        value: words(factor.dimension, factor.value),
        kind: found.kind,
      })}{" "}
      {factor.populationShare === null
        ? t("usuallyUnknown")
        : t(factor.dimension === "reason" ? "usuallyReason" : `usually.${found.kind}`, {
            share: format.count(factor.populationShare * 100),
          })}
    </span>
  );
}
