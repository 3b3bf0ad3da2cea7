import { describe, expect, it } from "vitest";
import { groupsOf, mayPublish, maySubscribe, type Grant } from "./topic-rules";

const asker = { clientId: "and-1", platform: "android", appVersion: "12.4.1" };
const order: Grant = {
  topicFilter: "halodoc/pharmacy-delivery/orders/ABC-123",
  action: "subscribe",
  expiresAtMs: 2_000,
};
const subscribe = (topicFilter: string, nowMs = 1_000) =>
  maySubscribe({ asker, topicFilter, grants: [order], nowMs }, "lc/v1");
const publish = (topicName: string) => mayPublish({ asker, topicName, grants: [order], nowMs: 1_000 }, "lc/v1");

describe("what a device may do", () => {
  it.each([
    "lc/v1/clients/and-1/#",
    "lc/v1/clients/and-1/commands",
    "lc/v1/groups/android",
    "lc/v1/groups/app-12.4",
    order.topicFilter,
  ])("lets it subscribe with %s", (filter) => expect(subscribe(filter)).toBe(true));

  it.each([
    "#",
    "+/#",
    "lc/v1/clients/+/commands",
    "lc/v1/clients/and-2/#",
    "lc/v1/clients/and-1#",
    "lc/v1/groups/ios",
    "lc/v1/groups/+",
    "halodoc/pharmacy-delivery/orders/+",
    "$SYS/#",
  ])("refuses it to subscribe with %s", (filter) => expect(subscribe(filter)).toBe(false));

  it("forgets a grant that has ended", () => expect(subscribe(order.topicFilter, 2_000)).toBe(false));

  it("lets it publish its own events and nothing else", () => {
    expect(publish("lc/v1/clients/and-1/events")).toBe(true);
    expect(publish("lc/v1/clients/and-1/commands")).toBe(false);
    expect(publish("lc/v1/clients/and-2/events")).toBe(false);
    expect(publish(order.topicFilter)).toBe(false);
  });

  it("puts a client in the groups of its platform and app version", () => {
    expect(groupsOf(asker)).toEqual(["android", "app-12.4"]);
    expect(groupsOf({ clientId: "x", platform: null, appVersion: "beta" })).toEqual([]);
  });
});
