"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Since } from "./age";
import { useNow } from "./clock";
import { Unbroken } from "./unbroken";

// Pages of the present ask every 5 to 15 s: what is older than this is not renewed any more.
const PRESENT_MS = 30_000;

/** Why what a page shows could not be renewed, and when it last was (ms). */
export interface NotRenewed {
  reason: string;
  since: number;
}

/** Null while the last try went well. A failure is told of when it happens, not only once all tries are over. */
export function notRenewed(
  query: Pick<UseQueryResult, "error" | "failureReason" | "dataUpdatedAt">,
): NotRenewed | null {
  const failure = query.error ?? query.failureReason;
  return failure && { reason: failure.message, since: query.dataUpdatedAt };
}

/** Whether what a page knows is no longer the present: it could not be renewed, and is older than a page of the present ever is. */
export function useIsUnheard(failed: NotRenewed | null): boolean {
  const now = useNow();
  return failed !== null && now - failed.since >= PRESENT_MS;
}

/** What an answer says in the place of its sentence once what it knows is no longer the present; null until then. */
export function useUnheard(failed: NotRenewed | null): { status: "unknown"; sentence: ReactNode } | null {
  const t = useTranslations("components.notRenewed");
  const isUnheard = useIsUnheard(failed);
  if (!failed || !isUnheard) return null;
  return { status: "unknown", sentence: t.rich("unheard", { age: () => <Since at={failed.since} /> }) };
}

/** An answer's sentence, and on its place what is said once it is not the present any more. Nothing moves for it. */
export function PresentSentence({ told, unheard }: { told: ReactNode; unheard: ReactNode }) {
  if (!unheard) return <Unbroken>{told}</Unbroken>;
  return (
    <span className="instead">
      <span className="was" aria-hidden="true">
        <Unbroken>{told}</Unbroken>
      </span>
      <span>{unheard}</span>
    </span>
  );
}

/** An answer's proofs, and in their place, once the page could not be renewed, why: each of them is of then. Nothing moves for it. */
export function PresentProofs({ failed, children }: { failed: NotRenewed | null; children: ReactNode }) {
  const t = useTranslations("components.notRenewed");
  if (!failed) return children;
  return (
    <div className="instead">
      <div className="proofs was">{children}</div>
      <span className="proof stale" role="alert">
        {t("why", { reason: failed.reason })}
      </span>
    </div>
  );
}
