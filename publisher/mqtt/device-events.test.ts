import mqtt from "mqtt";
import { expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { startBareBroker } from "@/test/bare-broker";
import { hearDeviceEvents } from "./device-events";

test("an event is acknowledged only once it is written: when writing fails the broker gives it again", async () => {
  const broker = await startBareBroker();
  const [tried, written]: [string[], string[]] = [[], []];
  const events = hearDeviceEvents({
    nodes: [{ name: "pub-1", mqttUrl: broker.url }],
    session: { instance: "test", username: "u", password: "p" },
    topicRoot: "lc/v1",
    log: createLog("test", "silent"),
    record: async ({ payload }) => {
      tried.push(String(payload));
      if (tried.length < 3) throw new Error("the database is away");
      written.push(String(payload));
      return "recorded";
    },
    onHeard: () => undefined,
  });
  await expect.poll(events.problem, { timeout: 5_000 }).toBeNull();
  const device = await mqtt.connectAsync(broker.url, { clientId: "and-1" });
  for (const word of ["a", "b"]) await device.publishAsync("lc/v1/clients/and-1/events", word, { qos: 1 });
  await device.endAsync();
  await expect.poll(() => written, { timeout: 10_000 }).toEqual(["a", "b"]);
  expect(tried).toEqual(["a", "a", "a", "b"]);
  expect(events.problem()).toBeNull();
  await events.close();
  await broker.close();
});
