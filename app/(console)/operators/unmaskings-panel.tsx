"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age, Until } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/clock";
import { EmptyState } from "@/components/ui/empty-state";
import { Failure } from "@/components/ui/failure";
import { Panel } from "@/components/ui/panel";
import { Scroll } from "@/components/ui/scroll";
import { StatusMark } from "@/components/ui/status-mark";
import { reviewUnmasking, unmaskingsQuery } from "@/lib/api-client/operators";
import type { UnmaskingItem } from "@/lib/operators/schemas";
import styles from "./operators.module.css";

/** Who saw names and numbers whole, why, and how often; broken glass waits for somebody else's review. */
export function UnmaskingsPanel({ selfId, mayManage }: { selfId: string; mayManage: boolean }) {
  const t = useTranslations("operators.unmaskings");
  const query = useQuery(unmaskingsQuery());
  const queryClient = useQueryClient();
  const review = useMutation({
    mutationFn: reviewUnmasking,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: unmaskingsQuery().queryKey }),
  });
  return (
    <Panel title={t("title")} sub={t("about")}>
      {query.data?.length === 0 ? <EmptyState icon="hidden" title={t("none")} /> : null}
      {query.data ? null : <Awaited query={query} rows={2} />}
      {query.data && query.data.length > 0 ? (
        <Scroll label={t("title")}>
          <table>
            <thead>
              <tr>
                {(["who", "how", "purpose", "when", "looks", "review"] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(column)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {query.data.map((item) => (
                <UnmaskingRow
                  key={item.id}
                  item={item}
                  mayReview={mayManage && item.operatorId !== selfId}
                  busy={review.isPending && review.variables === item.id}
                  onReview={() => review.mutate(item.id)}
                />
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
      <Failure error={review.error} />
    </Panel>
  );
}

function UnmaskingRow({
  item,
  mayReview,
  busy,
  onReview,
}: {
  item: UnmaskingItem;
  mayReview: boolean;
  busy: boolean;
  onReview: () => void;
}) {
  const t = useTranslations("operators.unmaskings");
  const lasts = Date.parse(item.endsAt) > useNow();
  return (
    <tr>
      <td>
        <Link className="link" href={`/operators/${item.operatorId}`}>
          {item.name}
        </Link>
      </td>
      <td>{item.kind === "break_glass" ? t("glass") : <span className="mono">{item.ticket}</span>}</td>
      <td className={styles.wrap}>{item.purpose}</td>
      <td>
        <Age at={item.startedAt} />
        {lasts ? (
          <span className="t2">
            {" "}
            {t("ends")} <Until at={item.endsAt} />
          </span>
        ) : null}
      </td>
      <td>{item.looks}</td>
      <td>
        {item.reviewedBy ? (
          <span className="t2">{t("reviewedBy", { name: item.reviewedBy })}</span>
        ) : item.kind === "unmask" ? (
          <span className="t3">{t("notNeeded")}</span>
        ) : (
          <span className={styles.review}>
            <StatusMark status="unknown" size={12} />
            {t("waits")}
            {mayReview ? (
              <Button size="small" busy={busy} onClick={onReview}>
                {t("reviewed")}
              </Button>
            ) : null}
          </span>
        )}
      </td>
    </tr>
  );
}
