import { afterAll, describe, expect, test, vi } from "vitest";
import { createLog } from "@/lib/log/log";
import { ROLE_PERMISSIONS, type Permission, type Role } from "@/lib/rbac/permissions";
import { testDatabase } from "@/test/database";
import { notify } from "./notify";
import type { LiveEvent } from "./schemas";
import { openSseHub } from "./sse-hub";

const { db, url } = await testDatabase();
const hub = openSseHub({ url, log: createLog("test", "silent"), now: () => new Date() });
afterAll(() => hub.close());
await vi.waitFor(() => expect(hub.connected()).toBe(true));

/** A browser of a role: what it has read so far, and how it leaves. */
function browse(role: Role, operatorId: string = role) {
  const leaving = new AbortController();
  const stream = hub.subscribe({
    operatorId,
    may: (permission: Permission) => ROLE_PERMISSIONS[role].includes(permission),
    stillAllowed: async () => true,
    signal: leaving.signal,
  });
  if (!stream) return null;
  const read = { text: "", ended: false };
  const follow = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) read.text += decoder.decode(chunk);
    read.ended = true;
  };
  return { read, follow, stream, leave: () => leaving.abort() };
}

const open = (role: Role, operatorId?: string) => {
  const browser = browse(role, operatorId);
  if (!browser) throw new Error("the hub refused a browser");
  void browser.follow();
  return browser;
};

const change = (clientId: string, state: "online" | "offline_queued" = "online"): LiveEvent => ({
  type: "presence.changed",
  clients: [{ clientId, state, at: 1, node: "sub-1" }],
});

describe("the event hub", () => {
  test("gives a browser what its operator may read, and no more", async () => {
    const engineer = open("engineer");
    const auditor = open("auditor");
    await notify(db.prisma, { type: "publish.changed", state: "acknowledged", clientId: null, messageId: "m-1" });
    await notify(db.prisma, { type: "cluster.sampled", at: 7 });
    await vi.waitFor(() => expect(engineer.read.text).toContain('{"type":"cluster.sampled","at":7}'));
    expect(engineer.read.text).toContain('"messageId":"m-1"');
    expect(engineer.read.text).toMatch(/^event: beat\ndata: \d+\n\n/);
    expect(auditor.read.text).not.toContain("data: {");
    engineer.leave();
    auditor.leave();
    await vi.waitFor(() => expect(engineer.read.ended && auditor.read.ended).toBe(true));
    expect(hub.browsers()).toBe(0);
  });

  test("tells the last word of each client once in a tenth of a second", async () => {
    const browser = open("support");
    await db.prisma.$transaction(async (tx) => {
      await notify(tx, change("a"));
      await notify(tx, change("b"));
      await notify(tx, change("a", "offline_queued"));
    });
    await vi.waitFor(() => expect(browser.read.text).toContain("presence.changed"));
    expect(browser.read.text.match(/presence\.changed/g)).toHaveLength(1);
    expect(browser.read.text).toContain('"clientId":"a","state":"offline_queued"');
    expect(browser.read.text).toContain('"clientId":"b"');
    browser.leave();
  });

  test("asks for a refetch instead of telling a flood", async () => {
    const browser = open("support");
    await db.prisma.$transaction(async (tx) => {
      for (let i = 0; i < 600; i += 50)
        await notify(tx, {
          type: "presence.changed",
          clients: Array.from({ length: 50 }, (_, j) => ({
            clientId: `c${i + j}`,
            state: "online",
            at: 1,
            node: "sub-1",
          })),
        });
    });
    await vi.waitFor(() => expect(browser.read.text).toContain("event: refetch"));
    expect(browser.read.text).not.toContain("presence.changed");
    browser.leave();
  });

  test("drops for a browser that does not read, and tells it to refetch when it reads again", async () => {
    const browser = browse("engineer");
    if (!browser) throw new Error("the hub refused a browser");
    const reader = open("engineer", "reader");
    for (let i = 0; i < 1_200; i += 1)
      await notify(db.prisma, {
        type: "publish.changed",
        state: "acknowledged",
        clientId: null,
        messageId: `slow-${i}`,
      });
    await vi.waitFor(() => expect(reader.read.text).toContain("slow-1199"), 5_000);
    void browser.follow();
    await vi.waitFor(() => expect(browser.read.text).toContain("event: refetch"));
    expect(browser.read.text).not.toContain("slow-1199");
    expect(browser.read.text.length).toBeLessThan(100_000);
    browser.leave();
    reader.leave();
  });

  test("bounds how many streams one operator holds", async () => {
    const browsers = Array.from({ length: 20 }, () => open("support", "one"));
    expect(browse("support", "one")).toBeNull();
    expect(browse("support", "another")?.leave()).toBeUndefined();
    for (const browser of browsers) browser.leave();
    await vi.waitFor(() => expect(hub.browsers()).toBe(0));
  });

  test("tells everybody to refetch after its connection to the database was lost", async () => {
    const browser = open("auditor");
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'liveconnect-listen' and datname = current_database()",
    );
    await vi.waitFor(() => expect(browser.read.text).toContain("event: refetch"), 10_000);
    expect(hub.connected()).toBe(true);
    browser.leave();
  });
});
