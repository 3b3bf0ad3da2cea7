import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { readFacts } from "@/lib/alerts/read-facts";
import { listAuditEvents } from "@/lib/audit/list-audit-events";
import { getClient } from "@/lib/presence/get-client";
import { searchClients } from "@/lib/presence/search-clients";
import { RANK, versionOf } from "@/lib/presence/version";
import { inTransaction, type Context } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, makeOperator, makePerson, rolesWithout, testContext } from "@/test/factories";
import { endSessions } from "./end-sessions";
import { findSession } from "./find-session";
import { recordSignIn } from "./record-sign-in";
import { listUnmaskings, reviewUnmasking } from "./review-unmaskings";
import { createRole } from "./roles";
import { breakGlass, maskPeople, unmaskPeople } from "./unmask";

const { db } = await testDatabase();
const desk = testContext(db, { process: "console" });
const admin = testContext(db, { role: "admin" });
const unmask = unmaskPeople({ minutes: 15 });
let clientId = "";

beforeAll(async () => {
  const person = await makePerson(db, { name: "Siti Rahmawati", phoneNumber: "+6281234567817" });
  const client = await makeClient(db, { personId: person.personId });
  ({ clientId } = client);
  const { nodeId } = await makeNode(db);
  const at = new Date();
  await db.prisma.presence.create({
    data: {
      clientKey: client.clientKey,
      ver: versionOf(at.getTime() * 1_000, RANK.open),
      nodeId,
      changedAt: at,
      proofKind: "hook",
      proofAt: at,
    },
  });
});

/** Someone signed in, and a context as their next request has it, `minutes` from now. */
async function signedIn(role = "support") {
  const operator = await makeOperator(db, { role });
  const sessionId = await recordSignIn(desk, { operator, method: "password", device: "" });
  const nextRequest = async (minutes = 0): Promise<Context> => {
    const now = new Date(Date.now() + minutes * 60_000);
    const session = await findSession(db.pool, { sessionId, now });
    if (!session) throw new Error("The session ended");
    return { ...desk, actor: session.actor, now: () => now, requestId: randomUUID() };
  };
  return { operator, sessionId, nextRequest };
}

const personSeen = async (ctx: Context) => {
  const found = await getClient(ctx, { clientId });
  if (found.status !== "known") throw new Error("The client is known");
  const { name, phoneNumber, isMasked } = found.client.person;
  return { name, phoneNumber, isMasked };
};
const nameFound = async (ctx: Context) =>
  (await searchClients(ctx, { text: "rahmawati" })).clients.map(({ name }) => name?.map(({ text }) => text).join(""));

const MASKED = { name: "Siti R••••", phoneNumber: "0812 34•• ••17", isMasked: true };
const WHOLE = { name: "Siti Rahmawati", phoneNumber: "+6281234567817", isMasked: false };

describe("unmasking", () => {
  test("shows names and numbers whole to that session, until its time is over", async () => {
    const { nextRequest } = await signedIn();
    expect(await personSeen(await nextRequest())).toEqual(MASKED);
    expect(await nameFound(await nextRequest())).toEqual(["Siti Rahmawati••••"]);
    await unmask(await nextRequest(), { purpose: "Calls back about her order", ticket: "SUP-1042" });
    expect(await personSeen(await nextRequest())).toEqual(WHOLE);
    expect(await nameFound(await nextRequest(14))).toEqual(["Siti Rahmawati"]);
    expect(await personSeen(await nextRequest(16))).toEqual(MASKED);
  });

  test("shows nothing more to another session of the same operator", async () => {
    const { operator, nextRequest } = await signedIn();
    await unmask(await nextRequest(), { purpose: "For the phone call", ticket: "SUP-1" });
    const other = await recordSignIn(desk, { operator, method: "password", device: "" });
    const session = await findSession(db.pool, { sessionId: other, now: new Date() });
    expect(session?.actor).toMatchObject({ unmasking: null });
  });

  test("ends at once when its operator masks again, and with the session", async () => {
    const { operator, sessionId, nextRequest } = await signedIn();
    await unmask(await nextRequest(), { purpose: "For the phone call", ticket: "SUP-1" });
    await maskPeople(await nextRequest(), {});
    await maskPeople(await nextRequest(), {});
    expect(await personSeen(await nextRequest(0.01))).toEqual(MASKED);
    await breakGlass(await nextRequest(), { purpose: "Ambulance on the line" });
    await inTransaction(admin, (ctx) => endSessions(ctx, operator.id, {}));
    expect(await findSession(db.pool, { sessionId, now: new Date() })).toBeNull();
    expect((await readFacts(admin, {})).break_glass_open).toEqual({ "": 0 });
  });

  test("is counted: each look under it says so in the audit, also right after a masked one", async () => {
    const { operator, nextRequest } = await signedIn();
    await personSeen(await nextRequest());
    await unmask(await nextRequest(), { purpose: "For the phone call", ticket: "SUP-7" });
    await personSeen(await nextRequest());
    await personSeen(await nextRequest());
    await nameFound(await nextRequest());
    // A list that nobody searched for shows whole names too.
    await searchClients(await nextRequest(), {});
    const item = (await listUnmaskings(admin, {})).find(({ operatorId }) => operatorId === operator.id);
    // The page that asked twice is one look.
    expect(item).toMatchObject({ kind: "unmask", ticket: "SUP-7", purpose: "For the phone call", looks: 3 });
    const [begun] = await db.prisma.auditEvent.findMany({
      where: { action: "operators.unmaskPeople", actorId: operator.id },
    });
    expect(begun).toMatchObject({ reason: "For the phone call", ticket: "SUP-7", details: { minutes: 15 } });
    const forIt = await listAuditEvents(testContext(db, { role: "auditor" }), { ticket: "SUP-7" });
    // The one that began it, and each look under it.
    expect(forIt.entries.map(({ action }) => action)).toHaveLength(4);
  });

  test("needs a purpose, a ticket and the permission", async () => {
    const { nextRequest } = await signedIn();
    const ctx = await nextRequest();
    await expect(unmask(ctx, { purpose: " ", ticket: "x" })).rejects.toMatchObject({ code: "VALIDATION" });
    await expect(unmask(ctx, { purpose: "For the call", ticket: " " })).rejects.toMatchObject({ code: "VALIDATION" });
    for (const role of rolesWithout("people.unmask"))
      await expect(unmask(testContext(db, { role }), { purpose: "For the call", ticket: "x" })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
  });

  test("is of no use to a service's key", async () => {
    const key = testContext(db, { permissions: ["presence.read", "people.unmask"] });
    await expect(unmask(key, { purpose: "For the call", ticket: "x" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("break-glass", () => {
  test("takes one sentence from whoever finds people, opens an alert while it lasts and closes by itself", async () => {
    await createRole(admin, { name: "Front desk", permissions: ["presence.read"] });
    const { nextRequest } = await signedIn("Front desk");
    await expect(unmask(await nextRequest(), { purpose: "For the call", ticket: "x" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await breakGlass(await nextRequest(), { purpose: "Ambulance on the line" });
    expect(await personSeen(await nextRequest(29))).toEqual(WHOLE);
    expect((await readFacts(admin, {})).break_glass_open).toEqual({ "": 1 });
    expect(await personSeen(await nextRequest(31))).toEqual(MASKED);
    const later = { ...admin, now: () => new Date(Date.now() + 31 * 60_000) };
    expect((await readFacts(later, {})).break_glass_open).toEqual({ "": 0 });
  });

  test("waits for a review by somebody else, which stands first until then and is kept once", async () => {
    const { operator, nextRequest } = await signedIn("admin");
    await breakGlass(await nextRequest(), { purpose: "Ambulance on the line" });
    const waiting = (await listUnmaskings(admin, {})).find(({ operatorId }) => operatorId === operator.id);
    expect(waiting).toMatchObject({ kind: "break_glass", ticket: null, reviewedBy: null });
    const unmaskingId = waiting?.id ?? "";
    await expect(reviewUnmasking(await nextRequest(), { unmaskingId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await reviewUnmasking(admin, { unmaskingId });
    await reviewUnmasking({ ...admin, actor: { ...admin.actor, name: "Later" } }, { unmaskingId });
    const reviewed = (await listUnmaskings(admin, {})).find(({ id }) => id === unmaskingId);
    expect(reviewed?.reviewedBy).toBe("Test admin");
    const acts = await db.prisma.auditEvent.findMany({ where: { action: "operators.reviewUnmasking" } });
    expect(acts).toHaveLength(2);
  });

  test.each(rolesWithout("operators.manage"))("is not reviewed by the role %s", async (role) => {
    const call = reviewUnmasking(testContext(db, { role }), { unmaskingId: randomUUID() });
    await expect(call).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
