"use client";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Age, Until } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { StatusWord, type Status } from "@/components/ui/status-mark";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/components/ui/use-format";
import { deliveriesQuery, replayDelivery } from "@/lib/api-client/webhooks";
import type { DeliveryState, WebhookDelivery, WebhookEndpoint } from "@/lib/webhooks/schemas";
import styles from "./access.module.css";

const STATUS: Record<DeliveryState, Status> = { pending: "busy", delivered: "online", failed: "trouble" };

/** What was sent to an endpoint and how each attempt ended; a message can be sent again. */
export function DeliveriesDialog({
  endpoint,
  mayManage,
  onClose,
}: {
  endpoint: WebhookEndpoint;
  mayManage: boolean;
  onClose: () => void;
}) {
  const t = useTranslations("webhooks.deliveries");
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useInfiniteQuery(
    deliveriesQuery(endpoint.endpointId),
  );
  const deliveries = data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Dialog open size="wide" onClose={onClose} title={t("title", { name: endpoint.name })} lead={t("lead")}>
      {deliveries.length === 0 && !isPending ? <EmptyState icon="message" title={t("empty")} /> : null}
      <ul className={styles.deliveries}>
        {deliveries.map((delivery) => (
          <DeliveryRow key={delivery.deliveryId} delivery={delivery} mayReplay={mayManage && endpoint.enabled} />
        ))}
      </ul>
      {hasNextPage ? (
        <Button size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("more")}
        </Button>
      ) : null}
    </Dialog>
  );
}

function DeliveryRow({ delivery, mayReplay }: { delivery: WebhookDelivery; mayReplay: boolean }) {
  const t = useTranslations("webhooks.deliveries");
  const all = useTranslations("webhooks");
  const format = useFormat();
  const queryClient = useQueryClient();
  const replay = useMutation({
    mutationFn: () => replayDelivery(delivery.deliveryId),
    onSuccess: () => toast.done({ title: all("replayed") }),
    onError: (error) => toast.failed({ title: all("failed"), detail: error.message }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  return (
    <li className={styles.delivery}>
      <div className={styles.head}>
        <StatusWord status={STATUS[delivery.state]}>{t(`states.${delivery.state}`)}</StatusWord>
        <span className="mono">{delivery.type}</span>
        <span className="t2">
          <Age at={delivery.createdAt} />
        </span>
        <span className="sp row">
          {delivery.nextAt !== null && delivery.tries.length > 0 ? (
            <span className="t2">
              {t("next")} <Until at={delivery.nextAt} />
            </span>
          ) : null}
          {mayReplay && delivery.state !== "pending" ? (
            <Button
              size="small"
              icon="again"
              busy={replay.isPending}
              aria-label={t("replayOf", { id: delivery.eventId })}
              onClick={() => replay.mutate()}
            >
              {t("replay")}
            </Button>
          ) : null}
        </span>
      </div>
      <div className={`mono t3 ${styles.url}`}>
        {delivery.eventId} · {format.bytes(delivery.bodyBytes)}
      </div>
      <ol className={styles.tries} aria-label={t("attempts")}>
        {delivery.tries.map((one) => (
          <li key={one.at} className="t2">
            <span className="mono">{format.clock(one.at)}</span>{" "}
            {one.status === null ? one.reason : t("answered", { status: one.status })}{" "}
            <span className="t3">{format.duration(one.tookMs)}</span>
          </li>
        ))}
      </ol>
    </li>
  );
}
