import type { OnlineSpan } from "@/lib/presence/schemas";
import { nextOnline, type Past } from "@/lib/presence/usual-hours";
import { dayPlan, sleepyPlan, type Plan } from "@/simulator/plans";
import { between, seededRandom } from "@/simulator/random";
import type { Bench } from "./bench";
import { median } from "./percentile";

// Four weeks to learn from (lib/presence/usual-hours.ts MOST_DAYS) and one to be asked in.
const LEARN_DAYS = 28;
const ASK_DAYS = 7;
const ASKED_PER_PHONE = 20;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const JAKARTA_MS = 7 * 3_600_000;
const PLANS: readonly [string, Plan][] = [
  ["mobile day", dayPlan],
  ["sleepy", sleepyPlan],
];

/** How far an estimate was off, and whether the truth lay in its band. */
interface Score {
  asked: number;
  estimated: number;
  errorsMin: number[];
  baselineMin: number[];
  inBand: number;
}

const scores = new Map<string, Score>();

/**
 * When a phone will be back, as the console and log requests say it, against the simulator's own days: phones of its two plans that
 * sleep, asked at random moments offline in their fifth week. Baseline: the phone's own median absence, added to now. The plans' uses
 * come at random within an hour of the day, so no estimate can be much better than that: people with habits are easier.
 */
export const bench: Bench = {
  claim:
    "Half of the returns that are estimated come within an hour of what is said, and more than half within its band",
  run: async (args) => {
    const phones = Number(args[args.indexOf("--clients") + 1] ?? 200) || 200;
    scores.clear();
    const startedMs = performance.now();
    for (const [name, plan] of PLANS) scores.set(name, score({ name, plan, phones }));
    const seconds = (performance.now() - startedMs) / 1_000;
    let asked = 0;
    for (const [name, one] of scores) {
      asked += one.asked;
      console.log(
        `  ${name}: ${phones} phones, asked ${one.asked} times, estimated ${percent(one.estimated, one.asked)}; ` +
          `median error ${Math.round(median(one.errorsMin))} min (p90 ${Math.round(quantile(one.errorsMin, 0.9))}), by the usual absence ` +
          `${Math.round(median(one.baselineMin))} min; in its band ${percent(one.inBand, one.estimated)}`,
      );
    }
    return [{ name: "estimates", perSecond: asked / seconds }];
  },
  result: () => {
    const day = scores.get("mobile day") ?? { asked: 0, estimated: 0, errorsMin: [], baselineMin: [], inBand: 0 };
    const value = day.inBand / Math.max(1, day.estimated);
    return {
      bench: "next-online",
      value,
      unit: "share of estimates whose band held the return",
      ratio: median(day.errorsMin) / Math.max(1, median(day.baselineMin)),
      target: 0.5,
      pass: value > 0.5 && median(day.errorsMin) < 60,
      medianErrorMinutes: median(day.errorsMin),
      estimatedShare: day.estimated / Math.max(1, day.asked),
    };
  },
};

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))} %`;

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;

function score({ name, plan, phones }: { name: string; plan: Plan; phones: number }): Score {
  const total: Score = { asked: 0, estimated: 0, errorsMin: [], baselineMin: [], inBand: 0 };
  for (let phone = 0; phone < phones; phone += 1) {
    const random = seededRandom(name, phone);
    const spans = spansOf(plan, random);
    const gaps = spans.slice(1).map((span, index) => span.from - (spans[index]?.to ?? 0));
    for (let n = 0; n < ASKED_PER_PHONE; n += 1) {
      const now = between(random, LEARN_DAYS * DAY_MS, (LEARN_DAYS + ASK_DAYS) * DAY_MS);
      const back = spans.find((span) => span.from > now)?.from;
      if (back === undefined || spans.some((span) => span.from <= now && now < span.to)) continue;
      total.asked += 1;
      const past: Past = {
        spans: spans.filter((span) => span.to <= now),
        since: now - LEARN_DAYS * DAY_MS,
        now,
        offsetAt: () => JAKARTA_MS,
      };
      const said = nextOnline(past);
      if (said.status !== "estimated") continue;
      total.estimated += 1;
      total.errorsMin.push(Math.abs(Date.parse(said.usually) - back) / MINUTE_MS);
      total.baselineMin.push(Math.abs(now + median(gaps) - back) / MINUTE_MS);
      if (Date.parse(said.from) <= back && back <= Date.parse(said.to)) total.inBand += 1;
    }
  }
  return total;
}

/** When a phone was online, from its plan: from an opening to whatever ends it. */
function spansOf(plan: Plan, random: () => number): OnlineSpan[] {
  const until = (LEARN_DAYS + ASK_DAYS + 2) * DAY_MS;
  const spans: OnlineSpan[] = [];
  let openedAt: number | null = null;
  // The day begins at midnight UTC, seven in Jakarta.
  for (const { atMs, act } of plan({ random, rampMs: 0, startHour: 7 })) {
    if (atMs > until) break;
    if (act.kind === "open" || act.kind === "find-network") openedAt ??= atMs;
    else if ((act.kind === "kill" || act.kind === "close" || act.kind === "lose-network") && openedAt !== null) {
      spans.push({ from: openedAt, to: atMs });
      openedAt = null;
    }
  }
  return spans;
}
