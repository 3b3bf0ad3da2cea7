import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLog } from "@/lib/log/log";
import { createPresenceBuffer } from "@/lib/presence/presence-buffer";
import type { Refusal } from "@/lib/presence/write-sign-ins";
import { createRegisterHook } from "./register-hook";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const NODE = { name: "sub-1", role: "subscriber" } as const;

function registerHook() {
  const refusals: Refusal[] = [];
  const hook = createRegisterHook({
    verifyToken: async () => ({
      status: "verified",
      identity: {
        personId: "p-1",
        name: null,
        phoneNumber: null,
        platform: null,
        appVersion: null,
        deviceModel: null,
        expiresAt: null,
        issuedAt: null,
        tokenId: null,
        tokenHash: "",
      },
      isCertain: true,
    }),
    directory: {
      findClient: () => ({ status: "absent" }),
      claim: (client) => client,
      remember: () => undefined,
      forgetClient: () => undefined,
      grantsOf: async () => [],
      forgetGrants: () => undefined,
      forgetAllGrants: () => undefined,
    },
    blocks: {
      isBlocked: () => false,
      isPersonBlocked: () => false,
      isNetworkBlocked: () => false,
      refresh: async () => undefined,
    },
    revocations: { isRevoked: () => false, refresh: async () => undefined },
    throttle: { isTooOften: () => false, countRefused: () => undefined },
    presence: {
      record: async () => undefined,
      signIn: () => undefined,
      refuse: (refusal) => void refusals.push(refusal),
      stats: () =>
        createPresenceBuffer({ write: async () => 0, log: createLog("test", "silent"), nowMs: Date.now }).stats(),
      close: async () => undefined,
    },
    nodes: [NODE.name],
    services: [],
    nowUs: () => Date.now() * 1_000,
  });
  const connect = (clientId: string) =>
    hook(NODE, {
      client_id: clientId,
      peer_addr: "203.0.113.9",
      peer_port: 40_000,
      username: "t",
      password: null,
      clean_session: false,
    });
  return { hook, connect, refusals };
}

it("keeps a connect that was accepted but never became a session, once", async () => {
  const { hook, connect, refusals } = registerHook();
  const acceptedUs = Date.now() * 1_000;
  await connect("never-woke");
  await connect("woke");
  expect(hook.takeAccepted("sub-1", "woke")?.peer).toEqual({ address: "203.0.113.9", port: 40_000 });
  vi.advanceTimersByTime(10_000);
  hook.findUnfinished();
  expect(refusals).toEqual([]);
  vi.advanceTimersByTime(10_000);
  hook.findUnfinished();
  hook.findUnfinished();
  expect(refusals).toEqual([
    { clientId: "never-woke", node: "sub-1", atUs: acceptedUs, reason: "unfinished", peerAddress: "203.0.113.9" },
  ]);
});
