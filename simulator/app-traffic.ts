import {
  type CallTemplate,
  CALLS_PER_JOURNEY,
  DAY_CURVE,
  HOSTS,
  JOURNEYS,
  REFRESH_CALL,
  type Service,
} from "./app-journeys";
import type { Call } from "./call-log";
import type { Person } from "./people";
import { between, exponential, letters, pick, pickByShare, type Random, seededRandom, wholeBetween } from "./random";

const HOUR_MS = 3_600_000;
const JAKARTA_OFFSET_HOURS = 7;
// A journey begun near the end of an hour runs into the next.
const LONGEST_JOURNEY_MS = 30 * 60_000;
const MOST_ATTEMPTS = 3;
const TIMEOUT_MS = 15_000;

/** A span of time in which calls go wrong. */
interface Trouble {
  fromMs: number;
  toMs: number;
}

/**
 * The API calls a person's app began after `fromMs` (exclusive) up to `toMs` (inclusive), oldest first: a function of seed, person and
 * time, so that nothing has to be kept to tell the same story twice. Services fail for all phones in the same minutes; a dead spot
 * (no network) belongs to one phone. Cost: about 10 ms for a day.
 */
export function callsBetween(options: { seed: number; person: Person; fromMs: number; toMs: number }): Call[] {
  const firstHour = Math.floor((options.fromMs - LONGEST_JOURNEY_MS) / HOUR_MS);
  const lastHour = Math.floor(options.toMs / HOUR_MS);
  const calls: Call[] = [];
  for (let hour = firstHour; hour <= lastHour; hour += 1)
    calls.push(...callsOfHour(options.seed, options.person, hour));
  return calls
    .filter(({ t }) => Date.parse(t) > options.fromMs && Date.parse(t) <= options.toMs)
    .toSorted((one, other) => Date.parse(one.t) - Date.parse(other.t));
}

/** Calls of the journeys begun in one hour (hours since the epoch). */
function callsOfHour(seed: number, person: Person, hour: number): Call[] {
  const random = seededRandom(seed, "traffic", person.clientId, hour);
  const share = DAY_CURVE[(hour + JAKARTA_OFFSET_HOURS) % 24] ?? 0;
  const journeysInHour = (person.callsPerDay * share) / CALLS_PER_JOURNEY;
  const calls: Call[] = [];
  let atMs = hour * HOUR_MS + exponential(random, HOUR_MS / journeysInHour);
  while (atMs < (hour + 1) * HOUR_MS) {
    calls.push(...callsOfJourney({ seed, person, random, atMs }));
    atMs += exponential(random, HOUR_MS / journeysInHour);
  }
  return calls;
}

function callsOfJourney(start: { seed: number; person: Person; random: Random; atMs: number }): Call[] {
  const { random } = start;
  const id = letters(random, 8);
  const calls: Call[] = [];
  let { atMs } = start;
  for (const step of pickByShare(random, JOURNEYS)) {
    const tries = triesOf({ ...start, template: step, id, atMs });
    calls.push(...tries);
    const last = tries.at(-1);
    if (last) atMs = Date.parse(last.t) + last.ms + exponential(random, 4_000);
    if (atMs - start.atMs > LONGEST_JOURNEY_MS / 2) break;
    // Nobody pays for an order that was not made: the person gives up here, mostly.
    if (last && (last.status ?? 500) >= 500 && random() < 0.7) break;
  }
  return calls;
}

/** One call with its retries; an app that is told 401 signs in again first. */
function triesOf(wish: {
  seed: number;
  person: Person;
  random: Random;
  template: CallTemplate;
  id: string;
  atMs: number;
}): Call[] {
  const { random, template } = wish;
  const calls: Call[] = [];
  let { atMs } = wish;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const call = oneTry({ ...wish, atMs, attempt });
    calls.push(call);
    atMs += call.ms;
    if (call.status === 401) {
      const refresh = oneTry({ ...wish, template: REFRESH_CALL, atMs, attempt: 1 });
      calls.push(refresh);
      atMs += refresh.ms;
      if (refresh.status !== REFRESH_CALL.ok) return calls;
      continue;
    }
    const mayHelp = call.status === null || call.status >= 500 || call.status === 429;
    if (!mayHelp || (template.method === "POST" && random() < 0.3)) return calls;
    atMs += between(random, 500, 1_500) * 2 ** (attempt - 1);
  }
  return calls;
}

function oneTry(wish: {
  seed: number;
  person: Person;
  random: Random;
  template: CallTemplate;
  id: string;
  atMs: number;
  attempt: number;
}): Call {
  const { random, template, person } = wish;
  const took = Math.round(template.ms * spread(random));
  const called = (end: Pick<Call, "status" | "ms" | "bytes" | "error">): Call => ({
    t: new Date(wish.atMs).toISOString(),
    method: template.method,
    url: `https://${HOSTS[template.service]}${template.path.replace("{id}", wish.id)}`,
    status: end.status,
    ms: end.ms,
    bytes: end.bytes,
    attempt: wish.attempt,
    ...(end.error === undefined ? {} : { error: end.error }),
    app: person.appVersion,
  });
  if (isWithin(deadSpot(wish.seed, person.clientId, wish.atMs), wish.atMs)) return called(noAnswer(random));
  if (isWithin(outage(wish.seed, template.service, wish.atMs), wish.atMs) && random() < 0.85) {
    const status = pick(random, [503, 503, 503, 504, 500]);
    return called({ status, ms: status === 504 ? 10_000 + took : took * 3, bytes: 118 });
  }
  const status = usualStatus(random, template, wish.attempt);
  const bytes = status === template.ok ? Math.round(template.bytes * between(random, 0.8, 1.2)) : 164;
  return called({ status, ms: took, bytes });
}

function usualStatus(random: Random, template: CallTemplate, attempt: number): number {
  if (template === REFRESH_CALL || attempt > 1) return template.ok;
  return pickByShare(random, [
    [template.ok, 981],
    [401, 8],
    [404, template.path.includes("{id}") ? 4 : 0],
    [422, template.method === "POST" ? 6 : 0],
    [429, 2],
    [500, 2],
  ]);
}

function noAnswer(random: Random): Pick<Call, "status" | "ms" | "bytes" | "error"> {
  const error = pickByShare(random, [
    ["timeout", 50],
    ["network unreachable", 30],
    ["connection reset", 20],
  ]);
  const ms = error === "timeout" ? TIMEOUT_MS : wholeBetween(random, 4, 900);
  return { status: null, ms, bytes: 0, error };
}

/** Minutes without network of one phone, in about one hour of ten. */
function deadSpot(seed: number, clientId: string, atMs: number): Trouble | null {
  const hour = Math.floor(atMs / HOUR_MS);
  return troubleOf(seededRandom(seed, "dead-spot", clientId, hour), hour, { share: 0.1, minutes: [1, 6] });
}

/** Minutes in which a service fails for everybody, in about one hour of twenty. */
function outage(seed: number, service: Service, atMs: number): Trouble | null {
  const hour = Math.floor(atMs / HOUR_MS);
  return troubleOf(seededRandom(seed, "outage", service, hour), hour, { share: 0.05, minutes: [4, 15] });
}

function troubleOf(
  random: Random,
  hour: number,
  kind: { share: number; minutes: readonly [low: number, high: number] },
): Trouble | null {
  if (random() >= kind.share) return null;
  const fromMs = hour * HOUR_MS + between(random, 0, 45 * 60_000);
  return { fromMs, toMs: fromMs + between(random, ...kind.minutes) * 60_000 };
}

const isWithin = (trouble: Trouble | null, atMs: number): boolean =>
  trouble !== null && atMs >= trouble.fromMs && atMs < trouble.toMs;

/** Around 1, with a tail to the slow side, as answer times have. */
const spread = (random: Random): number => Math.exp((random() + random() + random() - 1.4) * 0.9);
