import { readVerb } from "@/lib/audit/verb";
import type { Context } from "@/lib/rbac/context";
import { conditionText } from "./expression-text";
import { readFactHistory } from "./fact-history";
import { readExpression, type Reading } from "./read-expression";
import { metricsOf, readView } from "./read-signals";
import { factOf, ruleConditionSchema, type PreviewSpan, type RuleCondition, type RulePreview } from "./schemas";
import { calmState, nextFiring, type FiringState } from "./state-machine";

const DAYS = 7;
const DAY_MS = 86_400_000;
/** Read at a time: with the longest window before it, its minutes are fewer than the 720 one read may give. */
const BLOCK_MS = 10 * 3_600_000;
const MINUTE_SECONDS = 60;
const MOST_SPANS = 200;

/**
 * When a condition would have been open in the last seven days: the evaluation's own state machine over what is stored, minute by
 * minute, so what was shorter is not seen. Reads ten hours at a time; what the store no longer has, or nobody recorded, comes as
 * unknown.
 */
export const previewRule = readVerb({
  permission: "alerts.read",
  input: ruleConditionSchema,
  work: async (ctx, condition): Promise<RulePreview> => {
    const to = new Date(Math.floor(ctx.now().getTime() / (MINUTE_SECONDS * 1_000)) * MINUTE_SECONDS * 1_000);
    const from = new Date(to.getTime() - DAYS * DAY_MS);
    const run = startRun(condition);
    const stepSeconds = factOf(condition.expression.metric)
      ? await runFacts(ctx, condition, { from, to, run })
      : await runSeries(ctx, condition, { from, to, run });
    const spans = run.spans();
    return {
      from: from.getTime(),
      to: to.getTime(),
      stepSeconds,
      spans: spans.slice(0, MOST_SPANS),
      leftOut: Math.max(0, spans.length - MOST_SPANS),
      unknown: run.unknown(to.getTime()),
      text: conditionText(condition),
    };
  },
});

interface Range {
  from: Date;
  to: Date;
  run: Run;
}

async function runFacts(ctx: Context, { expression }: RuleCondition, { from, to, run }: Range): Promise<number> {
  const fact = factOf(expression.metric);
  if (!fact) throw new Error(`${expression.metric} is not a fact`);
  const { at, values } = await readFactHistory(ctx.db.pool, { metric: fact.name, from, to });
  at.forEach((time, index) =>
    run.take(time, MINUTE_SECONDS, new Map([...values].map(([label, line]) => [label, line[index] ?? null]))),
  );
  return MINUTE_SECONDS;
}

async function runSeries(ctx: Context, condition: RuleCondition, { from, to, run }: Range): Promise<number> {
  const metrics = metricsOf([condition]);
  const backMs = condition.expression.windowSeconds * 1_000;
  let stepSeconds = MINUTE_SECONDS;
  for (let begins = from.getTime(); begins < to.getTime(); begins += BLOCK_MS) {
    const ends = Math.min(begins + BLOCK_MS, to.getTime());
    // The window before the block's first moment is read with it.
    const points = Math.max(10, Math.ceil((ends - begins + backMs) / (MINUTE_SECONDS * 1_000)));
    const view = await readView(ctx, metrics, { from: new Date(begins - backMs), to: new Date(ends), points });
    stepSeconds = Math.max(stepSeconds, view.stepSeconds);
    view.at.forEach((at, index) => {
      if (at < begins || at >= ends) return;
      const reading = readExpression(condition.expression, view, { index, comparison: condition.comparison });
      run.take(at, view.stepSeconds, reading);
    });
  }
  return stepSeconds;
}

interface Run {
  take: (at: number, stepSeconds: number, reading: Reading) => void;
  /** By time. */
  spans: () => PreviewSpan[];
  unknown: (until: number) => { from: number; to: number }[];
}

/** The state machine of every label through time; a moment without any known value is unknown. */
function startRun(condition: RuleCondition): Run {
  const states = new Map<string, FiringState>();
  const open = new Map<string, PreviewSpan>();
  const spans: PreviewSpan[] = [];
  const unknown: { from: number; to: number }[] = [];
  return {
    take: (at, stepSeconds, reading) => {
      const stepMs = stepSeconds * 1_000;
      for (const label of new Set([...reading.keys(), ...states.keys()])) {
        const before = states.get(label) ?? calmState(at);
        const seen = { at, value: reading.get(label) ?? null, mostGapMs: 2 * stepMs };
        const { state, changed } = nextFiring(before, condition, seen);
        states.set(label, state);
        if (changed === "opened") {
          const span = { label, from: at, to: null };
          open.set(label, span);
          spans.push(span);
        } else if (changed === "cleared") {
          const span = open.get(label);
          if (span) span.to = at;
        }
      }
      if ([...reading.values()].some((value) => value !== null)) return;
      const last = unknown.at(-1);
      if (last?.to === at) last.to = at + stepMs;
      else unknown.push({ from: at, to: at + stepMs });
    },
    spans: () => spans.toSorted((a, b) => a.from - b.from),
    unknown: (until) => unknown.map((gap) => ({ from: gap.from, to: Math.min(gap.to, until) })),
  };
}
