import type { Sample } from "@/lib/broker/prometheus-text";

/**
 * What a node says of its connections against the hooks it says to have sent. Every connection it accepted has a wakeup and a
 * register hook, and every one that is not there any more an offline or a gone hook; what is short of that happened without one.
 */
export const LEDGER_LINES = ["wakeup", "register", "ending", "expiry"] as const;
export type LedgerLine = (typeof LEDGER_LINES)[number];

/** Totals since the node's boot. */
export interface HookReading {
  /** What should have had a hook, and what had. */
  expected: Record<LedgerLine, number>;
  sent: Record<LedgerLine, number>;
  /** Endings by their hook, to name the one that is missing. */
  offline: number;
  gone: number;
  /** Hooks without an answer that were lost: each is an event presence never saw. */
  errors: number;
}

const UNANSWERED = [
  "on_client_wakeup",
  "on_client_offline",
  "on_client_gone",
  "on_register",
  "on_register_m5",
  "on_session_expired",
];

/** From a node's metrics, names without the broker's prefix; null when they do not tell of connections. */
export function readHooks(samples: readonly Sample[]): HookReading | null {
  const sums = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const isRefused = name === "mqtt_connack_sent" && (labels.return_code ?? labels.reason_code) !== "success";
    if (!isRefused) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  const of = (...names: string[]): number => names.reduce((sum, name) => sum + (sums.get(name) ?? 0), 0);
  if (!sums.has("mqtt_connack_sent") || !sums.has("total_active_connections")) return null;
  const requests = (...hooks: string[]): number => of(...hooks.map((hook) => `webhooks_${hook}_requests`));
  const accepted = of("mqtt_connack_sent");
  const [offline, gone] = [requests("on_client_offline"), requests("on_client_gone")];
  return {
    expected: {
      wakeup: accepted,
      register: accepted,
      ending: accepted - of("total_active_connections"),
      expiry: of("client_expired"),
    },
    sent: {
      wakeup: requests("on_client_wakeup"),
      register: requests("on_register", "on_register_m5"),
      ending: offline + gone,
      expiry: requests("on_session_expired"),
    },
    offline,
    gone,
    errors: of(...UNANSWERED.map((hook) => `webhooks_${hook}_errors`)),
  };
}

/**
 * The ledger of one life of one node.
 * Moved by: each reading. What is short for two readings on end, by more than what is in flight, makes the node due for a sweep; a line
 * that is short of half of what it should have had, over at least FEWEST, names its hook as missing until it is not any more.
 * Trades one reading's delay for not taking hooks in flight for lost ones.
 */
export interface HookLedger {
  last: HookReading;
  /** What each line was short of when it was last looked into. */
  known: Record<LedgerLine, number>;
  /** Where the count for naming a missing hook began. */
  from: HookReading;
  missing: readonly string[];
}

export interface LedgerChange {
  ledger: HookLedger;
  sweep: "hook_errors" | "hooks_missing" | null;
}

// Below this a ratio says nothing.
const FEWEST = 5;
// Of what goes on between two readings, what may be in flight: hooks take milliseconds, readings are seconds apart.
const IN_FLIGHT = 0.05;

const NOTHING: HookReading = {
  expected: { wakeup: 0, register: 0, ending: 0, expiry: 0 },
  sent: { wakeup: 0, register: 0, ending: 0, expiry: 0 },
  offline: 0,
  gone: 0,
  errors: 0,
};

/** The ledger after a reading; null before the first. Counters that went back are another life of the node. */
export function nextLedger(ledger: HookLedger | null, now: HookReading): LedgerChange {
  if (!ledger || now.expected.wakeup < ledger.last.expected.wakeup)
    return { ledger: judgeMissing({ last: now, known: shortOf(now), from: NOTHING, missing: [] }, now), sweep: null };
  const { last } = ledger;
  const [short, shortBefore] = [shortOf(now), shortOf(last)];
  const known = { ...ledger.known };
  let isShort = false;
  for (const line of LEDGER_LINES) {
    const stands = Math.min(short[line], shortBefore[line]);
    const inFlight = IN_FLIGHT * (now.expected[line] - last.expected[line] + now.sent[line] - last.sent[line]);
    if (stands > known[line] + inFlight) {
      known[line] = stands;
      isShort = true;
    } else known[line] = Math.min(known[line], Math.max(short[line], shortBefore[line]));
  }
  return {
    ledger: judgeMissing({ ...ledger, last: now, known }, now),
    sweep: now.errors > last.errors ? "hook_errors" : isShort ? "hooks_missing" : null,
  };
}

const shortOf = ({ expected, sent }: HookReading): Record<LedgerLine, number> => ({
  wakeup: expected.wakeup - sent.wakeup,
  register: expected.register - sent.register,
  ending: expected.ending - sent.ending,
  expiry: expected.expiry - sent.expiry,
});

function judgeMissing(ledger: HookLedger, now: HookReading): HookLedger {
  const { from } = ledger;
  const judged = LEDGER_LINES.filter((line) => now.expected[line] - from.expected[line] >= FEWEST);
  if (judged.length === 0) return ledger;
  const short = judged.filter((line) => {
    const expected = now.expected[line] - from.expected[line];
    return now.sent[line] - from.sent[line] < expected / 2;
  });
  const missing = [
    ...ledger.missing.filter((hook) => !judged.some((line) => HOOKS_OF[line].includes(hook))),
    ...short.flatMap((line) => namesOf(line, from, now)),
  ];
  return { ...ledger, from: now, missing: [...new Set(missing)].toSorted() };
}

const HOOKS_OF: Record<LedgerLine, readonly string[]> = {
  wakeup: ["on_client_wakeup"],
  register: ["on_register"],
  ending: ["on_client_offline", "on_client_gone"],
  expiry: ["on_session_expired"],
};

/** Of two hooks that share a line, those of which none came. */
function namesOf(line: LedgerLine, from: HookReading, now: HookReading): readonly string[] {
  if (line !== "ending") return HOOKS_OF[line];
  const none = [
    ...(now.offline === from.offline ? ["on_client_offline"] : []),
    ...(now.gone === from.gone ? ["on_client_gone"] : []),
  ];
  return none.length > 0 ? none : HOOKS_OF.ending;
}
