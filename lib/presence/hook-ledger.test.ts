import { describe, expect, it } from "vitest";
import { nextLedger, readHooks, type HookLedger, type HookReading } from "./hook-ledger";

/** What a node counted: connections accepted and there, and the hooks it sent. */
function reading(given: {
  accepted: number;
  active: number;
  wakeups?: number;
  registers?: number;
  offline?: number;
  gone?: number;
  errors?: number;
}): HookReading {
  const sample = (name: string, value = 0, labels: Record<string, string> = {}) => ({ name, labels, value });
  const { accepted, active } = given;
  const read = readHooks([
    sample("mqtt_connack_sent", accepted, { return_code: "success" }),
    sample("mqtt_connack_sent", 99, { return_code: "not_authorized" }),
    sample("total_active_connections", active),
    sample("webhooks_on_client_wakeup_requests", given.wakeups ?? accepted),
    sample("webhooks_on_register_requests", given.registers ?? accepted),
    sample("webhooks_on_client_offline_requests", given.offline ?? accepted - active),
    sample("webhooks_on_client_gone_requests", given.gone),
    sample("webhooks_on_client_gone_errors", given.errors),
    sample("webhooks_auth_on_register_errors", 50),
  ]);
  if (!read) throw new Error("The metrics tell of connections");
  return read;
}

function read(...readings: HookReading[]): { ledger: HookLedger; sweeps: (string | null)[] } {
  let ledger: HookLedger | null = null;
  const sweeps: (string | null)[] = [];
  for (const now of readings) {
    const next = nextLedger(ledger, now);
    ({ ledger } = next);
    sweeps.push(next.sweep);
  }
  if (!ledger) throw new Error("at least one reading");
  return { ledger, sweeps };
}

describe("the ledger of a node's hooks", () => {
  it("asks for no sweep while every connection has its hooks, in flight ones included", () => {
    const { ledger, sweeps } = read(
      reading({ accepted: 100, active: 100 }),
      reading({ accepted: 200, active: 150 }),
      reading({ accepted: 300, active: 150, offline: 145 }),
      reading({ accepted: 300, active: 150 }),
      reading({ accepted: 310, active: 160, wakeups: 312 }),
      reading({ accepted: 312, active: 162 }),
      reading({ accepted: 312, active: 162 }),
    );
    expect(sweeps.filter((sweep) => sweep !== null)).toEqual([]);
    expect(ledger.missing).toEqual([]);
  });

  it("asks for one when a single connection ended without a hook, once", () => {
    const quiet = reading({ accepted: 100, active: 99, offline: 0 });
    expect(read(reading({ accepted: 100, active: 100 }), quiet, quiet, quiet).sweeps).toEqual([
      null,
      null,
      "hooks_missing",
      null,
    ]);
  });

  it("asks for one at every rise of errors of the hooks presence lives by, and not for those of sign-ins", () => {
    const errors = (count: number) => reading({ accepted: 9, active: 9, errors: count });
    expect(read(errors(3), errors(3), errors(4), errors(6), errors(6)).sweeps).toEqual([
      null,
      null,
      "hook_errors",
      "hook_errors",
      null,
    ]);
  });

  it("names the hook that does not come, from the node's own totals at once, until it comes again", () => {
    expect(read(reading({ accepted: 40, active: 40, wakeups: 0 })).ledger.missing).toEqual(["on_client_wakeup"]);
    const gone = read(reading({ accepted: 40, active: 40 }), reading({ accepted: 60, active: 40, offline: 2 }));
    expect(gone.ledger.missing).toEqual(["on_client_gone"]);
    const again = read(
      reading({ accepted: 40, active: 40, registers: 0 }),
      reading({ accepted: 44, active: 44, registers: 4 }),
      reading({ accepted: 50, active: 50, registers: 10 }),
    );
    expect(again.ledger.missing).toEqual([]);
  });

  it("begins anew with another life of the node", () => {
    const { sweeps } = read(reading({ accepted: 100, active: 0, offline: 3 }), reading({ accepted: 2, active: 2 }));
    expect(sweeps).toEqual([null, null]);
  });
});
