import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type {
  AlertChannel,
  AlertChart,
  AlertDetail,
  AlertItem,
  AlertList,
  AlertRule,
  AlertStatus,
  ChannelInput,
  NoticeItem,
  RuleCondition,
  RuleInput,
  RulePreview,
} from "@/lib/alerts/schemas";
import { deleteJson, getJson, postJson } from "./request";

// Apart from `alerts`, which every page loads for the count in the rail: what only pages that show alerts need.

// What an open alert says changes with every evaluation, of which nobody is told: asked this often while one is looked at.
const SAYS_NOW_MS = 10_000;

/** All alerts that are open, or that somebody has. */
export const alertsQuery = (status: Exclude<AlertStatus, "resolved">) =>
  queryOptions({
    queryKey: ["alerts", "list", status],
    queryFn: ({ signal }) => getJson<AlertList>(`/api/alerts?status=${status}`, { signal }),
    refetchInterval: SAYS_NOW_MS,
  });

/** Alerts that are over, a page at a time, the latest first. */
export const resolvedAlertsQuery = () =>
  infiniteQueryOptions({
    queryKey: ["alerts", "list", "resolved"],
    queryFn: ({ signal, pageParam }) =>
      getJson<AlertList>(`/api/alerts?status=resolved${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`, {
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** Those that were open at a moment (ms). */
export const alertsAtQuery = (at: number) =>
  queryOptions({
    queryKey: ["alerts", "at", at],
    queryFn: ({ signal }) => getJson<AlertItem[]>(`/api/alerts/at?at=${new Date(at).toISOString()}`, { signal }),
  });

export const alertQuery = (alertId: string) =>
  queryOptions({
    queryKey: ["alerts", "one", alertId],
    queryFn: ({ signal }) => getJson<AlertDetail>(`/api/alerts/${alertId}`, { signal }),
    refetchInterval: (query) => (query.state.data?.status === "resolved" ? false : SAYS_NOW_MS),
  });

export const alertChartQuery = (alertId: string) =>
  queryOptions({
    queryKey: ["alerts", "one", alertId, "chart"],
    queryFn: ({ signal }) => getJson<AlertChart>(`/api/alerts/${alertId}/chart`, { signal }),
  });

export const rulesQuery = () =>
  queryOptions({
    queryKey: ["alerts", "rules"],
    queryFn: ({ signal }) => getJson<AlertRule[]>("/api/alerts/rules", { signal }),
  });

/** Kept for a minute: seven days do not change faster, and the read is the dearest of the page. */
export const previewQuery = (condition: RuleCondition) =>
  queryOptions({
    queryKey: ["alerts", "preview", condition],
    queryFn: ({ signal }) =>
      postJson<RulePreview>("/api/alerts/rules/preview", condition, { signal, timeoutMs: 30_000 }),
    staleTime: 60_000,
    retry: false,
  });

export const channelsQuery = () =>
  queryOptions({
    queryKey: ["alerts", "channels"],
    queryFn: ({ signal }) => getJson<AlertChannel[]>("/api/alerts/channels", { signal }),
  });

export const noticesQuery = (channelId: string) =>
  queryOptions({
    queryKey: ["alerts", "notices", channelId],
    queryFn: ({ signal }) => getJson<NoticeItem[]>(`/api/alerts/channels/${channelId}/notices`, { signal }),
  });

export const acknowledgeAlert = ({ alertId, note }: { alertId: string; note: string }) =>
  postJson<void>(`/api/alerts/${alertId}/acknowledge`, { note });
export const snoozeAlert = ({ alertId, minutes }: { alertId: string; minutes: number }) =>
  postJson<void>(`/api/alerts/${alertId}/snooze`, { minutes });
export const resolveAlert = ({ alertId, note }: { alertId: string; note: string }) =>
  postJson<void>(`/api/alerts/${alertId}/resolve`, { note });

export const saveRule = (rule: RuleInput) => postJson<{ ruleId: string }>("/api/alerts/rules", rule);
export const deleteRule = (ruleId: string) => deleteJson(`/api/alerts/rules/${ruleId}`);

export const saveChannel = (channel: ChannelInput) =>
  postJson<{ channelId: string; signingSecret: string | null }>("/api/alerts/channels", channel);
export const deleteChannel = (channelId: string) => deleteJson(`/api/alerts/channels/${channelId}`);
export const testChannel = (channelId: string) =>
  postJson<{ noticeId: string }>(`/api/alerts/channels/${channelId}/test`, {});
