"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { FilterBar } from "@/app/(console)/presence/filter-bar";
import { Button } from "@/components/ui/button";
import { TextArea, TextInput } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { StatusWord, type Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { useSettled } from "@/components/ui/use-settled";
import { countFoundQuery } from "@/lib/api-client/presence-search";
import { recipientsQuery } from "@/lib/api-client/sends";
import type { RecipientCounts } from "@/lib/publish/sends/schemas";
import { MOST_LISTED } from "@/lib/publish/terms";
import { choiceOf, manyFault, type ManyDraft, type ManyFault } from "./many-draft";
import styles from "./sends.module.css";

// Longer than between two keys of a list.
const TYPING_MS = 400;

/** Whom a message to many goes to: by the words of the presence search or by a pasted list; how fast; and how many that are now. */
export function ManyClients({
  many,
  hasTried,
  onChange,
}: {
  many: ManyDraft;
  hasTried: boolean;
  onChange: (many: ManyDraft) => void;
}) {
  const t = useTranslations("publish.many");
  const fleet = useQuery(countFoundQuery({ text: "", tokenHash: null }, "newest")).data ?? null;
  const change = (part: Partial<ManyDraft>): void => onChange({ ...many, ...part });
  const fault = manyFault(many);
  const ofList = fault?.kind !== "rate" && (hasTried || fault?.kind !== "nobody") ? fault : null;
  return (
    <>
      <div className="field">
        <span className="lab">{t("label")}</span>
        <Segmented
          label={t("by.label")}
          value={many.by}
          onChange={(by) => change({ by })}
          options={(["filters", "list"] as const).map((by) => ({ value: by, label: t(`by.${by}`) }))}
        />
      </div>
      {many.by === "filters" ? (
        <div className={styles.filters}>
          <FilterBar
            filters={many.filters}
            counts={fleet}
            onChange={(filters) => change({ filters: { ...many.filters, ...filters } })}
          />
        </div>
      ) : (
        <TextArea
          label={t("list.label")}
          help={t("list.help", { most: MOST_LISTED })}
          error={ofList && <FaultOf fault={ofList} />}
          mono
          rows={4}
          value={many.list}
          onChange={(event) => change({ list: event.target.value })}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      )}
      <TextInput
        label={t("rate.label")}
        help={t("rate.help")}
        error={fault?.kind === "rate" ? t("fault.rate") : null}
        fieldClassName={styles.rate ?? ""}
        inputMode="numeric"
        value={many.rate}
        onChange={(event) => change({ rate: event.target.value.trim() })}
        autoComplete="off"
      />
      <Recipients many={fault === null || fault.kind === "rate" ? many : null} />
    </>
  );
}

function FaultOf({ fault }: { fault: ManyFault }) {
  const t = useTranslations("publish.many.fault");
  return fault.kind === "notClientId" ? t("notClientId", { word: fault.word }) : t(fault.kind);
}

/** How many it would reach now, by state; nothing of it is sent. */
function Recipients({ many }: { many: ManyDraft | null }) {
  const t = useTranslations("publish.many");
  const format = useFormat();
  const asked = useSettled(many, TYPING_MS);
  const query = useQuery({ ...recipientsQuery(asked ? choiceOf(asked) : {}), enabled: asked !== null });
  const counts = asked === null ? undefined : query.data;
  return (
    <section className="field" aria-label={t("counted.label")}>
      <span className="lab">{t("counted.label")}</span>
      <div className={styles.counts} aria-live="polite" aria-busy={query.isFetching}>
        {CELLS.map(({ word, status }) => (
          <div key={word}>
            <b>{counts ? format.count(counts[word]) : "–"}</b>
            <StatusWord status={status} size={14}>
              {t(`counted.${word}`)}
            </StatusWord>
          </div>
        ))}
      </div>
      <p className="help">
        {query.error && asked !== null ? (
          <>
            {query.error.message}{" "}
            <Button kind="ghost" size="small" onClick={() => void query.refetch()}>
              {t("counted.again")}
            </Button>
          </>
        ) : counts ? (
          <Summary counts={counts} />
        ) : (
          t("counted.waiting")
        )}
      </p>
    </section>
  );
}

const CELLS = [
  { word: "online", status: "online" },
  { word: "offlineQueued", status: "offline_queued" },
  { word: "offlineGone", status: "offline_gone" },
  { word: "unknown", status: "unknown" },
] as const satisfies readonly { word: keyof RecipientCounts; status: Status }[];

function Summary({ counts: { total, offlineGone, neverSeen } }: { counts: RecipientCounts }) {
  const t = useTranslations("publish.many.counted");
  const format = useFormat();
  return (
    <>
      {t("total", { total, shown: format.count(total) })} {offlineGone > 0 ? t("goneGetNothing") : null}{" "}
      {neverSeen > 0 ? t("neverSeen", { neverSeen, shown: format.count(neverSeen) }) : null}
    </>
  );
}
