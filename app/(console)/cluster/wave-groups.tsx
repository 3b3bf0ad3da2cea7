import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { WaveValue } from "@/lib/api-client/cluster";
import type { WaveExplanation, WaveGroup } from "@/lib/cluster/schemas";
import { useWaveWords } from "./use-wave-words";
import styles from "./wave.module.css";

const MOST_SHOWN = 5;

/** Each dimension's values with their share of the wave beside their usual share; a value chooses its clients. */
export function WaveGroups({
  found,
  chosen,
  onChoose,
}: {
  found: WaveExplanation;
  chosen: WaveValue | null;
  onChoose: (value: WaveValue) => void;
}) {
  const t = useTranslations("cluster.wave");
  return (
    <>
      <div className={styles.groups}>
        {found.groups.map((group) => (
          <Group key={group.dimension} group={group} chosen={chosen} onChoose={onChoose} />
        ))}
      </div>
      <p className={styles.legend}>
        <span className="key">
          <i className={styles.ofWave} />
          {t("ofWave")}
        </span>
        <span className="key">
          <i className={styles.usual} />
          {t("ofPopulation", { kind: found.kind })}
        </span>
      </p>
    </>
  );
}

function Group({
  group,
  chosen,
  onChoose,
}: {
  group: WaveGroup;
  chosen: WaveValue | null;
  onChoose: (value: WaveValue) => void;
}) {
  const t = useTranslations("cluster.wave");
  const words = useWaveWords();
  const format = useFormat();
  const { dimension } = group;
  const hidden = group.values.slice(MOST_SHOWN);
  const left = hidden.length + group.otherValues;
  const leftClients = group.otherClients + hidden.reduce((sum, { clients }) => sum + clients, 0);
  return (
    <div>
      <h3 className="h3">{t(`dimensions.${dimension}`)}</h3>
      <ul>
        {group.values.slice(0, MOST_SHOWN).map((each) => (
          <li key={String(each.value)}>
            <button
              type="button"
              className={styles.value}
              aria-pressed={chosen?.dimension === dimension && chosen.value === each.value}
              onClick={() => onChoose({ dimension, value: each.value })}
            >
              <span>{words(dimension, each.value)}</span>
              <b className="b">{format.count(each.share * 100)} %</b>
              <span className="t3">
                {each.populationShare === null ? "" : t("against", { share: format.count(each.populationShare * 100) })}
              </span>
              <span className={styles.bars} aria-hidden="true">
                <i className={styles.ofWave} style={{ width: `${each.share * 100}%` }} />
                <i className={styles.usual} style={{ width: `${(each.populationShare ?? 0) * 100}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {left > 0 ? <p className="t3">{t("others", { values: left, count: format.count(leftClients) })}</p> : null}
    </div>
  );
}
