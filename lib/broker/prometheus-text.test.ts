import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePrometheusText } from "./prometheus-text";

const recorded = readFileSync(new URL("../../test/fixtures/vernemq/metrics/traffic.txt", import.meta.url), "utf8");

describe("parsePrometheusText", () => {
  it("understands every line a real node wrote", () => {
    const { samples, notUnderstood, truncated } = parsePrometheusText(recorded);
    expect({ notUnderstood, truncated }).toEqual({ notUnderstood: 0, truncated: false });
    expect(new Set(samples.map((sample) => sample.name)).size).toBeGreaterThan(170);
    expect(samples.find((sample) => sample.name === "vernemq_socket_open")).toEqual({
      name: "vernemq_socket_open",
      labels: { node: "VerneMQ1@127.0.0.1" },
      value: 36_307,
    });
  });

  it("keeps all labels of a sample", () => {
    const { samples } = parsePrometheusText(
      'a_total{node="n@1",mqtt_version="5",reason_code="success"} 4.5e2 1700000000',
    );
    expect(samples).toEqual([
      { name: "a_total", labels: { node: "n@1", mqtt_version: "5", reason_code: "success" }, value: 450 },
    ]);
  });

  it("undoes the escapes of a label value, commas and braces included", () => {
    const { samples } = parsePrometheusText(String.raw`a{b="x\"y\\z\nq,}",c=""} 1`);
    expect(samples[0]?.labels).toEqual({ b: 'x"y\\z\nq,}', c: "" });
  });

  it("counts what it does not understand and never throws", () => {
    const { samples, notUnderstood } = parsePrometheusText('<html>\na{b=1} 2\na{b="1} 2\na NaN\na +Inf\na\nb 3\r\n');
    expect(samples).toEqual([{ name: "b", labels: {}, value: 3 }]);
    expect(notUnderstood).toBe(6);
  });

  it("stops at the bound on lines and says so", () => {
    const { samples, truncated } = parsePrometheusText("a 1\n".repeat(50), 10);
    expect(samples).toHaveLength(10);
    expect(truncated).toBe(true);
  });
});
