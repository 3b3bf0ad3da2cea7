import { expect, test } from "vitest";
import { PORTS, portOf, usedPorts } from "./ports.mjs";

test("no two parts share a default port, and all are below the ephemeral range", () => {
  const ports = [...Object.values(PORTS).map(({ port }) => port), portOf("POSTGRES_PORT", {})];
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test("what is given needs no port of ours, and a database that was given gets no practice fleet unasked", () => {
  const used = (env: Record<string, string>) => usedPorts(env).map(([variable]) => variable);
  expect(used({ HAPROXY: "1" })).toEqual(Object.keys(PORTS));
  expect(used({})).not.toContain("HAPROXY_MQTT_PORT");
  expect(used({ S3_ENDPOINT: "https://s3" })).not.toContain("OBJECT_STORE_PORT");
  expect(used({ BROKER_NODES: "[]" })).toHaveLength(5);
  expect(used({ FLEET: "0" })).not.toContain("SIMULATOR_PORT");
  expect(used({ DATABASE_URL: "postgresql://db" })).not.toContain("SIMULATOR_PORT");
  expect(used({ DATABASE_URL: "postgresql://db", PRACTICE: "1" })).toContain("SIMULATOR_PORT");
});
