import type { Alert } from "@/lib/db/generated/client";
import { notify } from "@/lib/events/notify";
import type { TransactionContext } from "@/lib/rbac/context";
import type { Grouping, OpenFiring } from "./group-firings";
import { queueWebhook } from "@/lib/webhooks/queue-webhook";
import { contentOf, type NoticeContent } from "./notice";
import { channelsFor, channelsTold, queueNotices } from "./queue-notices";
import { asRule, severityOf, type Rule } from "./rule-row";
import type { ChangeKind, NoticeEvent, Resolution } from "./schemas";
import { isFlapping, type FiringState } from "./state-machine";

/** One rule on one label after this evaluation. `applyGrouping` sets the alert it stands in. */
export interface Firing {
  rule: Rule;
  label: string;
  state: FiringState;
  alertId: string | null;
  changed: "opened" | "cleared" | null;
}

interface Plan {
  grouping: Grouping;
  firings: readonly Firing[];
  /** Alerts that a rule still in force stood in. */
  held: ReadonlySet<string>;
  alerts: readonly Alert[];
  consoleUrl: string | null;
}

/** Machine write inside the evaluation: makes alerts, their history and their notices say what the grouping found. */
export async function applyGrouping(
  ctx: TransactionContext,
  plan: Plan,
): Promise<{ opened: number; resolved: number }> {
  const alertOf = new Map(plan.alerts.map((alert) => [alert.id, alert]));
  const findFiring = (open: OpenFiring) =>
    plan.firings.find(({ rule, label }) => rule.id === open.ruleId && label === open.label);

  for (const { groupKey, members } of plan.grouping.opens)
    await openAlert(ctx, { groupKey, members, plan, findFiring });
  for (const { alertId, firing } of plan.grouping.joins) {
    const joined = findFiring(firing);
    if (joined) joined.alertId = alertId;
    await recordChange(ctx, { alertId, kind: "joined", ruleId: firing.ruleId, value: joined?.state.value ?? null });
    await notify(ctx.tx, { type: "alert.changed", alertId });
  }
  for (const { alert, lead } of plan.grouping.leads) {
    const standing = alertOf.get(alert.id);
    const firing = findFiring(lead);
    if (standing && firing) await follow(ctx, { alert: standing, firing, plan });
  }
  for (const firing of plan.firings) {
    if (firing.changed !== "cleared" || !firing.alertId) continue;
    await recordChange(ctx, {
      alertId: firing.alertId,
      kind: "cleared",
      ruleId: firing.rule.id,
      value: firing.state.value,
    });
    await notify(ctx.tx, { type: "alert.changed", alertId: firing.alertId });
  }
  for (const { alert, isAbsorbed } of plan.grouping.ends) {
    const standing = alertOf.get(alert.id);
    const resolution = isAbsorbed ? "absorbed" : plan.held.has(alert.id) ? "cleared" : "rule_changed";
    if (standing) await endAlert(ctx, { alert: standing, resolution, consoleUrl: plan.consoleUrl });
  }
  await storeFirings(ctx, plan.firings);
  return { opened: plan.grouping.opens.length, resolved: plan.grouping.ends.length };
}

async function openAlert(
  ctx: TransactionContext,
  given: {
    groupKey: string;
    members: Grouping["opens"][number]["members"];
    plan: Plan;
    findFiring: (open: OpenFiring) => Firing | undefined;
  },
): Promise<void> {
  const [lead] = given.members;
  const leading = given.findFiring(lead);
  if (!leading) return;
  const alert = await ctx.tx.alert.create({
    data: {
      groupKey: given.groupKey,
      ruleId: lead.ruleId,
      label: lead.label,
      severity: given.members.some(({ severity }) => severity === "page") ? "page" : "warn",
      openedAt: ctx.now(),
      flapping: isFlapping(leading.state),
    },
  });
  for (const [place, member] of given.members.entries()) {
    const firing = given.findFiring(member);
    if (firing) firing.alertId = alert.id;
    const kind = place === 0 ? "opened" : "joined";
    await recordChange(ctx, { alertId: alert.id, kind, ruleId: member.ruleId, value: firing?.state.value ?? null });
  }
  await notify(ctx.tx, { type: "alert.opened", alertId: alert.id });
  await tell(ctx, { event: "opened", alert, firing: leading, plan: given.plan });
}

/** Keeps a standing alert at what leads it now, makes it graver when that is, and reminds when its snooze has ended. */
async function follow(
  ctx: TransactionContext,
  { alert, firing, plan }: { alert: Alert; firing: Firing; plan: Plan },
): Promise<void> {
  const isWorse = firing.rule.severity === "page" && alert.severity === "warn";
  const isOver = alert.snoozedUntil !== null && alert.snoozedUntil <= ctx.now();
  const flapping = alert.flapping || isFlapping(firing.state);
  const isSameLead = firing.rule.id === alert.ruleId && firing.label === alert.label;
  if (!isWorse && !isOver && isSameLead && flapping === alert.flapping) return;
  const after = await ctx.tx.alert.update({
    where: { id: alert.id },
    data: {
      ruleId: firing.rule.id,
      label: firing.label,
      flapping,
      ...(isWorse ? { severity: "page" } : {}),
      // Who took it may have gone home: after a snooze it asks for somebody again.
      ...(isOver ? { snoozedUntil: null, status: "open" } : {}),
    },
  });
  if (isWorse) await recordChange(ctx, { alertId: alert.id, kind: "worsened", ruleId: firing.rule.id });
  if (isOver) await recordChange(ctx, { alertId: alert.id, kind: "snooze_ended" });
  await notify(ctx.tx, { type: "alert.changed", alertId: alert.id });
  if (isWorse || isOver) await tell(ctx, { event: isOver ? "reminded" : "opened", alert: after, firing, plan });
}

async function tell(
  ctx: TransactionContext,
  told: { event: "opened" | "reminded"; alert: Alert; firing: Firing; plan: Plan },
): Promise<void> {
  const severity = severityOf(told.alert.severity);
  // An alert that grew worse is told to those who were not told of it before.
  const known = told.event === "opened" ? await channelsTold(ctx.tx, told.alert.id) : [];
  const channelIds = (await channelsFor(ctx.tx, severity)).filter((id) => !known.includes(id));
  const content = contentOf({
    event: told.event,
    alert: { ...told.alert, severity },
    rule: told.firing.rule,
    value: told.firing.state.value,
    resolution: null,
    at: ctx.now(),
    consoleUrl: told.plan.consoleUrl,
  });
  await queueNotices(ctx.tx, { channelIds, alertId: told.alert.id, content });
  if (told.event === "opened" && known.length === 0) await tellServices(ctx, "alert.opened", content);
}

/** Machine write, also behind the verb of an operator: ends an alert, its history and its channels told. */
export async function endAlert(
  ctx: TransactionContext,
  ending: { alert: Alert; resolution: Resolution; consoleUrl: string | null; note?: string; actorName?: string },
): Promise<void> {
  const { alert, resolution } = ending;
  await ctx.tx.alert.update({
    where: { id: alert.id },
    data: { status: "resolved", resolvedAt: ctx.now(), resolution, snoozedUntil: null },
  });
  await ctx.tx.alertFiring.updateMany({ where: { alertId: alert.id }, data: { alertId: null } });
  await recordChange(ctx, {
    alertId: alert.id,
    kind: "resolved",
    note: ending.note ?? resolution,
    ...(ending.actorName ? { actorName: ending.actorName } : {}),
  });
  await notify(ctx.tx, { type: "alert.resolved", alertId: alert.id });
  const rule = await ctx.tx.alertRule.findUnique({ where: { id: alert.ruleId } });
  const channelIds = await channelsTold(ctx.tx, alert.id);
  if (!rule) return;
  const event: NoticeEvent = "resolved";
  const content = contentOf({
    event,
    alert: { ...alert, severity: severityOf(alert.severity) },
    rule: asRule(rule),
    value: null,
    resolution,
    at: ctx.now(),
    consoleUrl: ending.consoleUrl,
  });
  await queueNotices(ctx.tx, { channelIds, alertId: alert.id, content });
  await tellServices(ctx, "alert.resolved", content);
}

/** Services that asked for it by webhooks of their own; one event an alert's beginning and end, whatever the severity. */
async function tellServices(
  ctx: TransactionContext,
  type: "alert.opened" | "alert.resolved",
  content: NoticeContent,
): Promise<void> {
  const { alertId, title, severity, rule, label, openedAt, value, resolution, url } = content;
  const data = { alertId, title, severity, rule, label, openedAt, value, resolution, url };
  await queueWebhook(ctx.tx, { type, at: ctx.now(), data });
}

/** Machine write beside what changed: one line of an alert's history. */
export async function recordChange(
  ctx: TransactionContext,
  change: {
    alertId: string;
    kind: ChangeKind;
    actorName?: string;
    ruleId?: string;
    value?: number | null;
    note?: string | null;
    until?: Date;
  },
): Promise<void> {
  await ctx.tx.alertChange.create({ data: { at: ctx.now(), ...change } });
}

/** Keeps what is not calm, and what opened within the last half hour; forgets the rest. */
async function storeFirings(ctx: TransactionContext, firings: readonly Firing[]): Promise<void> {
  const isKept = ({ state }: Firing): boolean => state.status !== "inactive" || state.openings.length > 0;
  const kept = firings.filter(isKept).map(({ rule, label, state, alertId }) => ({
    rule_id: rule.id,
    label,
    state,
    alert_id: state.status === "open" ? alertId : null,
  }));
  await ctx.tx.$executeRaw`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) f (rule_id text, label text, state jsonb, alert_id uuid)
    ), forgotten as (
      delete from alert_firings f where not exists (select from wanted w where w.rule_id = f.rule_id and w.label = f.label)
    )
    insert into alert_firings (rule_id, label, state, alert_id) select rule_id, label, state, alert_id from wanted
    on conflict (rule_id, label) do update set state = excluded.state, alert_id = excluded.alert_id
      where (alert_firings.state, alert_firings.alert_id) is distinct from (excluded.state, excluded.alert_id)`;
}
