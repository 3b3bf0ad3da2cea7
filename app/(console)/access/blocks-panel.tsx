"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Age, Until } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Failure } from "@/components/ui/failure";
import { Panel } from "@/components/ui/panel";
import type { Block } from "@/lib/access/schemas";
import { blocksQuery, liftBlock } from "@/lib/api-client/blocks";
import styles from "./access.module.css";

const BlockSubject = lazy(() => import("./block-subject-dialog"));

/** Clients, people and networks that may not connect, with the way to add and to lift. */
export function BlocksPanel({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations("access.blocks");
  const query = useQuery(blocksQuery());
  const queryClient = useQueryClient();
  const [isAdding, setIsAdding] = useState(false);
  const lift = useMutation({
    mutationFn: liftBlock,
    onSettled: () => queryClient.invalidateQueries({ queryKey: blocksQuery().queryKey }),
  });
  const { data } = query;
  return (
    <Panel
      title={t("title")}
      sub={t("about")}
      actions={
        mayManage ? (
          <Button size="small" icon="block" onClick={() => setIsAdding(true)}>
            {t("add")}
          </Button>
        ) : undefined
      }
    >
      {!data ? <Awaited query={query} rows={2} /> : null}
      {data?.blocks.length === 0 ? (
        <EmptyState icon="block" title={t("emptyTitle")}>
          {t("emptyAbout")}
        </EmptyState>
      ) : null}
      {data && data.blocks.length > 0 ? (
        <ul className={styles.blocks}>
          {data.blocks.map((block) => (
            <li key={`${block.kind} ${block.subject}`} className={styles.block}>
              <BlockFacts block={block} />
              {mayManage ? (
                <Button
                  size="small"
                  busy={lift.isPending && lift.variables === block}
                  aria-label={t("liftOne", { subject: block.subject })}
                  onClick={() => lift.mutate(block)}
                >
                  {t("lift")}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {data && data.more > 0 ? <p className={styles.more}>{t("more", { count: data.more })}</p> : null}
      <Failure title={t("liftFailed")} error={lift.error} />
      {isAdding ? (
        <Suspense fallback={null}>
          <BlockSubject onClose={() => setIsAdding(false)} />
        </Suspense>
      ) : null}
    </Panel>
  );
}

function BlockFacts({ block }: { block: Block }) {
  const t = useTranslations("access.blocks");
  const { kind, subject, refusedLately } = block;
  return (
    <div className={styles.blockFacts}>
      <p className={styles.blockSubject}>
        <span className="pill">{t(`kinds.${kind}`)}</span>{" "}
        {kind === "client" ? (
          <Link className="mono" href={`/presence/${encodeURIComponent(subject)}`}>
            {subject}
          </Link>
        ) : (
          <span className="mono">{subject}</span>
        )}
      </p>
      <p className="t2">
        {block.reason} · <BlockedBy block={block} />
        {refusedLately === null ? null : <> · {t("refused", { count: refusedLately })}</>}
      </p>
    </div>
  );
}

function BlockedBy({ block }: { block: Block }) {
  const t = useTranslations("access.blocks");
  return t.rich(block.until ? "by" : "byOpen", {
    by: block.by,
    age: () => <Age at={block.at} plain />,
    ends: () => <Until at={block.until ?? block.at} />,
  });
}
