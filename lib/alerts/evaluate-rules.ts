import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import { applyGrouping, type Firing } from "./apply-grouping";
import { recordFacts } from "./fact-history";
import { groupFirings } from "./group-firings";
import { readFacts } from "./read-facts";
import { readSignals } from "./read-signals";
import { readableRules, type Rule } from "./rule-row";
import { calmState, firingState, nextFiring, provenAgain } from "./state-machine";

/** A pause between two evaluations longer than this is a gap in what we know: six turns. */
const MOST_GAP_MS = 30_000;

export interface Evaluation {
  rules: number;
  opened: number;
  resolved: number;
}

/**
 * Machine write by the worker's clock: evaluates every enabled rule once, moves the states, opens and resolves alerts and writes
 * the notices, all in one transaction: after a crash it happened or it did not. With several workers one evaluates; null: another
 * does, or did less than `leastSeconds` ago.
 */
export async function evaluateRules(
  ctx: Context,
  options: { leastSeconds: number; consoleUrl: string | null },
): Promise<Evaluation | null> {
  return inTransaction(ctx, async (txCtx) => {
    if (!(await claim(txCtx, options.leastSeconds))) return null;
    const enabled = readableRules(await txCtx.tx.alertRule.findMany({ where: { enabled: true } }), ctx.log);
    const facts = await readFacts(ctx, {});
    await recordFacts(txCtx.tx, facts, ctx.now());
    const signals = await readSignals(ctx, new Map(enabled.map((rule) => [rule.id, rule.condition])), facts);
    const { firings, held } = await moveFirings(txCtx, { rules: enabled, signals });
    const alerts = await txCtx.tx.alert.findMany({ where: { status: { not: "resolved" } } });
    const open = firings.filter((firing) => firing.state.status === "open");
    const grouping = groupFirings(
      open.map(({ rule, label, alertId, state }) => ({
        ruleId: rule.id,
        label,
        severity: rule.severity,
        condition: rule.condition,
        alertId,
        since: state.since,
      })),
      alerts.map((alert) => ({ ...alert, severity: alert.severity === "page" ? "page" : "warn" })),
    );
    for (const released of grouping.released) {
      const firing = firings.find(({ rule, label }) => rule.id === released.ruleId && label === released.label);
      if (!firing) continue;
      firing.state = provenAgain(firing.state, ctx.now().getTime());
      firing.alertId = null;
    }
    const outcome = await applyGrouping(txCtx, { grouping, firings, held, alerts, consoleUrl: options.consoleUrl });
    return { rules: enabled.length, ...outcome };
  });
}

async function claim(ctx: TransactionContext, leastSeconds: number): Promise<boolean> {
  const claimed = await ctx.tx.$queryRaw<{ one: boolean }[]>`
    update alert_clock set evaluated_at = ${ctx.now()} where one in (
      select one from alert_clock where evaluated_at <= ${ctx.now()}::timestamptz - make_interval(secs => ${leastSeconds})
      for update skip locked)
    returning one`;
  return claimed.length > 0;
}

/**
 * The next state of each rule on each label; those that are not calm, and those that just became so. `held`: alerts that a rule still
 * in force stood in; another one's rule was changed, switched off or removed under it.
 */
async function moveFirings(
  ctx: TransactionContext,
  { rules, signals }: { rules: readonly Rule[]; signals: Awaited<ReturnType<typeof readSignals>> },
): Promise<{ firings: Firing[]; held: Set<string> }> {
  const at = ctx.now().getTime();
  const stored = await ctx.tx.alertFiring.findMany();
  const firings: Firing[] = [];
  for (const rule of rules) {
    const reading = signals.get(rule.id) ?? new Map<string, number | null>();
    const known = new Map(stored.filter((row) => row.ruleId === rule.id).map((row) => [row.label, row]));
    for (const label of new Set([...reading.keys(), ...known.keys()])) {
      const row = known.get(label);
      const before = row ? firingState.parse(row.state) : calmState(at);
      const seen = { at, value: reading.get(label) ?? null, mostGapMs: MOST_GAP_MS };
      const { state, changed } = nextFiring(before, rule.condition, seen);
      const isWorthKeeping = state.status !== "inactive" || state.openings.length > 0;
      if (row || isWorthKeeping) firings.push({ rule, label, state, changed, alertId: row?.alertId ?? null });
    }
  }
  const enabled = new Set(rules.map((rule) => rule.id));
  const held = new Set(stored.flatMap((row) => (row.alertId && enabled.has(row.ruleId) ? row.alertId : [])));
  return { firings, held };
}
