"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/use-format";
import { maskPeople } from "@/lib/api-client/unmask";

// Few visits need it.
const UnmaskDialog = lazy(() => import("./unmask-dialog"));

/** Until when this session sees names and numbers whole; what it may do to see them. */
export interface PeopleShown {
  /** Null while they are masked. */
  unmasking: { kind: "unmask" | "break_glass"; endsAt: string } | null;
  mayUnmask: boolean;
  unmaskMinutes: number;
}

/** Everything on screen is asked for again, as it may show more now, or less. */
function useSeeAnew(): () => void {
  const router = useRouter();
  const queryClient = useQueryClient();
  return useCallback(() => {
    router.refresh();
    void queryClient.invalidateQueries();
  }, [router, queryClient]);
}

/** The way to names and numbers, in the bar of every page. */
export function UnmaskButton({ people }: { people: PeopleShown }) {
  const t = useTranslations("shell.people");
  const seeAnew = useSeeAnew();
  const [asking, setAsking] = useState(false);
  if (people.unmasking) return null;
  return (
    <>
      <Button kind="ghost" size="small" icon="hidden" aria-label={t("show")} onClick={() => setAsking(true)} />
      {asking ? (
        <Suspense fallback={null}>
          <UnmaskDialog
            mayUnmask={people.mayUnmask}
            unmaskMinutes={people.unmaskMinutes}
            onShown={seeAnew}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** Says on every page that names and numbers are whole and until when, and masks them again: by itself then, or at once. */
export function UnmaskedNote({ unmasking }: { unmasking: NonNullable<PeopleShown["unmasking"]> }) {
  const t = useTranslations("shell.people");
  const format = useFormat();
  const seeAnew = useSeeAnew();
  const mask = useMutation({ mutationFn: maskPeople, onSuccess: seeAnew });
  const { kind, endsAt } = unmasking;
  useEffect(() => {
    const timer = setTimeout(seeAnew, Math.max(0, Date.parse(endsAt) - Date.now()) + 500);
    return () => clearTimeout(timer);
  }, [endsAt, seeAnew]);
  return (
    <output className="practice">
      {t(kind === "break_glass" ? "glassUntil" : "wholeUntil", { until: format.clock(endsAt, "minute") })}
      <Button size="small" busy={mask.isPending} onClick={() => mask.mutate()}>
        {t("mask")}
      </Button>
    </output>
  );
}
