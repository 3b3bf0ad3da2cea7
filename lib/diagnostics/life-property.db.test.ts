import fc from "fast-check";
import { testContext } from "@/test/factories";
import { CONTENT, ANNOUNCED, logLife } from "@/test/log-life";
import { clientKeyOf } from "@/lib/presence/client-key";
import type { Context } from "@/lib/rbac/context";
import { expect, test } from "vitest";
import { applyDeviceEvents } from "./apply-device-events";
import { cancelLogRequest } from "./cancel-log-request";
import { applyMissedEvents, expireLogRequests, findLostUploads } from "./catch-up";
import { dispatchLogRequests } from "./dispatch-log-requests";
import { LIFE_CYCLE_EVENTS, nextState } from "./life-cycle";
import type { LogRequestState } from "./schemas";
import { isFinal } from "./terms";

const life = await logLife();
const { db, store, phone, ask, lifeOf, connect, commandsFor } = life;

const MINUTE = 60_000;
const WORK = ["dispatch", "apply", "missed", "found"] as const;

/** What happens, in an order that nobody chose. `n`: which of what waits. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant("work" as const),
      work: fc.constantFrom(...WORK),
      crash: fc.integer({ min: 0, max: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("two" as const),
      works: fc.tuple(fc.constantFrom(...WORK), fc.constantFrom(...WORK)),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant("hear" as const), n: fc.nat(9) }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant("arrive" as const), n: fc.nat(9), stays: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ what: "reconnect" as const }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom("cancel" as const, "expire" as const), likely: fc.nat(3) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Two workers, a phone and a network that loses, repeats and reorders; all of one request. */
async function play(steps: readonly Step[], mood: "yes" | "busy" | "no"): Promise<void> {
  let now = Date.now();
  const worker = (name: string): Context => ({ ...testContext(db, { process: name }), now: () => new Date(now) });
  const clientId = await phone("online");
  const id = await ask(clientId);
  let connections = 1;
  let said = 0;
  let isBusy = mood === "busy";
  const network: Record<string, unknown>[] = [];
  const say = (event: Record<string, unknown>) =>
    network.push({ commandId: id, at: new Date(now).toISOString(), nonce: (said += 1), ...event });

  /** A phone as docs/devices.md has it: acts once, answers again. */
  const hear = async (n: number): Promise<void> => {
    const commands = await commandsFor(clientId);
    const command = commands[n % Math.max(1, commands.length)];
    if (command?.type === "logs.upload" && isBusy) {
      isBusy = false;
      say({ type: "logs.declined", reason: "busy" });
    } else if (command?.type === "logs.upload")
      say(mood === "no" ? { type: "logs.declined", reason: "person-declined" } : ANNOUNCED);
    else if (command?.type === "logs.put") {
      say({ type: "logs.progress", sentBytes: 1 + (n % CONTENT.length), totalBytes: CONTENT.length });
      if (n % 3 === 0) return void say({ type: "upload.expired" });
      await store.putText({ key: `uploads/${id}`, text: CONTENT, contentType: "application/octet-stream" });
      say({ ...ANNOUNCED, type: "logs.uploaded" });
    } else if (command?.type === "logs.cancel") say({ type: "logs.cancelled" });
  };
  const arrive = async (n: number, stays: boolean): Promise<void> => {
    const at = n % Math.max(1, network.length);
    const body = network[at];
    if (!body) return;
    if (!stays) network.splice(at, 1);
    await db.pool.query(
      `insert into device_events (client_id, command_id, type, content_hash, body, received_at)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [clientId, id, body.type, Buffer.from(JSON.stringify(body)), JSON.stringify(body), new Date(now)],
    );
  };
  const work = async (ctx: Context, kind: (typeof WORK)[number]): Promise<unknown> => {
    if (kind === "dispatch") return dispatchLogRequests(ctx, { store, clientIds: [clientId] });
    if (kind === "apply") return applyDeviceEvents(ctx, store, id);
    return kind === "missed" ? applyMissedEvents(ctx, store) : findLostUploads(ctx, store);
  };
  const reconnect = async (): Promise<void> => {
    connections += 1;
    await connect(clientKeyOf(clientId), "online", new Date((now += 1_000)));
  };

  for (const one of steps) {
    if (one.what === "work") await work(crashing(worker("a"), one.crash), one.work).catch(expectCrash);
    else if (one.what === "two") await Promise.all(one.works.map((kind, n) => work(worker(`w${n}`), kind)));
    else if (one.what === "hear") await hear(one.n);
    else if (one.what === "arrive") await arrive(one.n, one.stays);
    else if (one.what === "reconnect") await reconnect();
    else if (one.what === "wait") now += one.minutes * MINUTE;
    else if (one.likely > 0) continue;
    else if (one.what === "cancel") await cancelLogRequest(life.engineer, { logRequestId: id }).catch(expectCrash);
    else await expireLogRequests({ ...worker("a"), now: () => new Date(now + 73 * 60 * MINUTE) });
  }
  // Calm: everything is delivered, nobody crashes.
  for (let round = 0; round < 6; round += 1) {
    await reconnect();
    now += 70 * MINUTE;
    await work(worker("a"), "dispatch");
    for (let n = (await commandsFor(clientId)).length; n > 0; n -= 1) await hear(n - 1);
    while (network.length > 0) await arrive(0, false);
    await work(worker("b"), "missed");
    await work(worker("b"), "found");
  }
  await expectOneLife(id, { clientId, connections });
}

const expectCrash = (error: unknown): void => {
  if (!(error instanceof Error) || !/crash|has ended already/.test(error.message)) throw error;
};

/** A worker that dies at its n-th statement in a transaction; 0: after all of them, before the commit. */
function crashing(ctx: Context, at: number): Context {
  if (at > 12) return ctx;
  const prisma = new Proxy(ctx.db.prisma, {
    get: (target, name) =>
      name === "$transaction"
        ? (run: (tx: unknown) => Promise<unknown>, options: object) =>
            target.$transaction(async (tx) => {
              let statements = 0;
              const counted = new Proxy(tx, {
                get: (inner, key) => {
                  if (key === "$queryRaw" && at > 0 && (statements += 1) > at) throw new Error("crash");
                  return Reflect.get(inner, key) as unknown;
                },
              });
              const result = await run(counted);
              if (at === 0) throw new Error("crash");
              return result;
            }, options)
        : (Reflect.get(target, name) as unknown),
  });
  return { ...ctx, db: { ...ctx.db, prisma } };
}

async function expectOneLife(id: string, of: { clientId: string; connections: number }): Promise<void> {
  const { state, steps } = await lifeOf(id);
  expect(state === "received" || isFinal(state)).toBe(true);
  // Every step is one the table allows, from the state of the step before.
  for (const [index, { state: to }] of steps.entries()) {
    const from = steps[index - 1]?.state as LogRequestState | undefined;
    if (from) expect(LIFE_CYCLE_EVENTS.some((event) => nextState(from, event) === to)).toBe(true);
  }
  expect(steps.at(-1)?.state).toBe(state);
  const moves = steps.filter((one, index) => one.state !== steps[index - 1]?.state);
  const told = await db.pool.query<{ count: number }>(
    "select count(*) as count from webhook_deliveries where body::jsonb #>> '{data,logRequestId}' = $1",
    [id],
  );
  // The first is the request's own.
  expect(told.rows[0]?.count).toBe(moves.length);
  const ingests = await db.pool.query("select 1 from graphile_worker._private_jobs where key = $1", [`ingest:${id}`]);
  expect(ingests.rows.length).toBe(steps.some((one) => one.state === "received") ? 1 : 0);
  const put = await store.head(`uploads/${id}`);
  if (put) expect(["received", "cancelled", "failed", "declined", "expired"]).toContain(state);
  const postponed = steps.filter((one) => one.cause === "postponed").length;
  const uploads = (await commandsFor(of.clientId)).filter((command) => command.type === "logs.upload").length;
  expect(uploads).toBeLessThanOrEqual(of.connections + postponed);
}

test("two workers, crashes anywhere, repeats and disorder: a request has exactly one life", async () => {
  await db.pool.query(
    `insert into webhook_endpoints (name, url, secret_sealed, event_types, created_by) values ('all', 'https://x.example', $1, '{log_request.changed}', 'test')`,
    [Buffer.from("unused")],
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 40 }),
      fc.constantFrom("yes" as const, "yes" as const, "busy" as const, "no" as const),
      play,
    ),
    // A life takes a tenth of a second.
    { numRuns: 40, endOnFailure: true },
  );
}, 120_000);
