import { describe, expect, test } from "vitest";
import { topicNameFault } from "./topic-name-fault";

describe("topicNameFault", () => {
  test.each([
    ["halodoc/pharmacy-delivery/orders/ABC-123", null],
    ["lc/v1/clients/and-1/inbox", null],
    ["lc/v1/clients/and-1/commands", null],
    ["", "empty"],
    ["orders/+", "wildcard"],
    ["orders/#", "wildcard"],
    ["a\u0000b", "malformed"],
    ["$SYS/uptime", "broker"],
    ["$share/group/orders", "broker"],
    ["lc/v1/clients/and-1/events", "events"],
  ])("%j: %s", (topicName, fault) => expect(topicNameFault(topicName)).toBe(fault));

  test("the events topics are those under the configured root", () => {
    expect(topicNameFault("acme/clients/and-1/events", "acme")).toBe("events");
    expect(topicNameFault("lc/v1/clients/and-1/events", "acme")).toBeNull();
  });
});
