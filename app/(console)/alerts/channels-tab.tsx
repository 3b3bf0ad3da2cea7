"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import type { AlertChannel } from "@/lib/alerts/schemas";
import { channelsQuery, noticesQuery, testChannel } from "@/lib/api-client/alert-desk";
import { refetchAlerts } from "@/lib/api-client/alerts";
import styles from "./alerts.module.css";
import { NoticeLine } from "./notice-line";

const ChannelDialog = lazy(() => import("./channel-dialog"));

/** Who is told: each channel with what its last notice came to, a test, and its deliveries. */
export default function ChannelsTab({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations();
  const [edited, setEdited] = useState<AlertChannel | "new" | null>(null);
  const channels = useQuery(channelsQuery());
  const { data } = channels;
  if (!data)
    return (
      <Panel>
        <Awaited query={channels} failed={t("alerts.failed")} rows={3} rowHeight={64} />
      </Panel>
    );
  const add = mayManage ? (
    <Button size="small" icon="plus" onClick={() => setEdited("new")}>
      {t("alerts.channelsTab.new")}
    </Button>
  ) : null;
  return (
    <Panel title={t("alerts.channelsTab.title")} sub={t("alerts.channelsTab.about")} actions={add}>
      {data.length === 0 ? (
        <EmptyState icon="bell" title={t("alerts.channelsTab.empty.title")}>
          {t("alerts.channelsTab.empty.about")}
        </EmptyState>
      ) : (
        data.map((channel) => (
          <Channel key={channel.id} channel={channel} onEdit={mayManage ? () => setEdited(channel) : null} />
        ))
      )}
      {edited ? (
        <Suspense fallback={null}>
          <ChannelDialog channel={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
        </Suspense>
      ) : null}
    </Panel>
  );
}

function Channel({ channel, onEdit }: { channel: AlertChannel; onEdit: (() => void) | null }) {
  const t = useTranslations("alerts");
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const test = useMutation({
    mutationFn: testChannel,
    onSuccess: () => refetchAlerts(queryClient),
    onError: (error) => toast.failed({ title: t("do.failed"), detail: error.message }),
  });
  return (
    <div className={styles.channel} data-channel={channel.name}>
      <div className={styles.body}>
        <div className={styles.head}>
          <span className="b">{channel.name}</span>
          <span className="tag line">{t(`kinds.${channel.kind}`)}</span>
          {channel.severities.map((severity) => (
            <span key={severity} className={severity === "page" ? "tag acc" : "tag"}>
              {t(`severity.${severity}`)}
            </span>
          ))}
          {channel.enabled ? null : <span className="tag">{t("channelsTab.off")}</span>}
        </div>
        <p className={styles.facts}>
          <span>{channel.destination}</span>
          <span>{t("channelsTab.by", { name: channel.createdBy })}</span>
          {channel.waitingCount > 0 ? <span>{t("channelsTab.waiting", { count: channel.waitingCount })}</span> : null}
        </p>
        {channel.lastNotice ? (
          <NoticeLine notice={channel.lastNotice} />
        ) : (
          <p className={styles.quiet}>{t("channelsTab.never")}</p>
        )}
      </div>
      <div className={styles.acts}>
        <Button size="small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {t("channelsTab.deliveries")}
        </Button>
        {onEdit ? (
          <>
            <Button size="small" onClick={onEdit}>
              {t("channelsTab.edit")}
            </Button>
            <Button size="small" icon="publish" busy={test.isPending} onClick={() => test.mutate(channel.id)}>
              {t("channelsTab.test")}
            </Button>
          </>
        ) : null}
      </div>
      {isOpen ? <Deliveries channelId={channel.id} /> : null}
    </div>
  );
}

function Deliveries({ channelId }: { channelId: string }) {
  const t = useTranslations();
  const { data, error } = useQuery(noticesQuery(channelId));
  if (!data) return error ? <p>{error.message}</p> : <SkeletonRows rows={2} label={t("components.loading")} />;
  if (data.length === 0) return <p className={styles.quiet}>{t("alerts.channelsTab.noDeliveries")}</p>;
  return (
    <div className={styles.deliveries}>
      {data.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} hasTitle />
      ))}
    </div>
  );
}
