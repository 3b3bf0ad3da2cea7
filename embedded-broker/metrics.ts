import type { ImitatedHook } from "./hooks";
import { COUNTERS, CONNACK_NAMES, HOOK_COUNTERS, READINGS, type CounterLabels } from "./metrics-catalogue";

type Labelled<L extends CounterLabels> = Extract<(typeof COUNTERS)[number], { labels: L }>["name"];
type HookCounter = `webhooks_${ImitatedHook}_${keyof typeof HOOK_COUNTERS}`;
export type PlainCounter = Labelled<"none"> | HookCounter;
export type VersionCounter = Labelled<"versions" | "version-4">;
export type Readings = Record<(typeof READINGS)[number]["name"], number>;

/** Counters of one run of a node: they begin at zero when it starts. */
export class NodeMetrics {
  private readonly values = new Map<string, number>();

  add(name: PlainCounter, by = 1): void {
    this.bump(name, by);
  }

  /** Counts something of a connection by its protocol version; 3.1 counts as 3.1.1, as in VerneMQ. */
  addVersioned(name: VersionCounter, protocolVersion: number): void {
    this.bump(`${name} ${protocolVersion === 5 ? "5" : "4"}`, 1);
  }

  addConnack(returnCode: number): void {
    const name = CONNACK_NAMES[returnCode];
    if (name) this.bump(`mqtt_connack_sent ${name}`, 1);
  }

  /** The value of a plain counter. */
  value(name: PlainCounter): number {
    return this.values.get(name) ?? 0;
  }

  /** The value of a counter over all protocol versions. */
  versionedValue(name: VersionCounter): number {
    return (this.values.get(`${name} 4`) ?? 0) + (this.values.get(`${name} 5`) ?? 0);
  }

  /** The Prometheus text of VerneMQ's `/metrics`: HELP, TYPE, lines, in its order. */
  toText(input: { label: string; readings: Readings; hooks: readonly ImitatedHook[] }): string {
    const node = `node="${input.label}"`;
    const lines: string[] = [];
    const family = (
      name: string,
      type: string,
      help: string,
      samples: readonly (readonly [string, number])[],
    ): void => {
      lines.push(`# HELP vernemq_${name} ${help}`, `# TYPE vernemq_${name} ${type}`);
      for (const [labels, value] of samples) lines.push(`vernemq_${name}{${labels}} ${value}`);
    };
    for (const { name, labels, help } of COUNTERS) family(name, "counter", help, this.samples(node, name, labels));
    for (const { name, type, help } of READINGS) family(name, type, help, [[node, input.readings[name]]]);
    for (const hook of input.hooks)
      for (const [kind, words] of Object.entries(HOOK_COUNTERS)) {
        const name = `webhooks_${hook}_${kind}`;
        family(name, "counter", `${words} ${hook} webhooks`, [[node, this.values.get(name) ?? 0]]);
      }
    return `${lines.join("\n")}\n`;
  }

  private samples(node: string, name: string, labels: CounterLabels): (readonly [string, number])[] {
    const of = (key: string): number => this.values.get(key) ?? 0;
    const version = (word: string) => [`${node},mqtt_version="${word}"`, of(`${name} ${word}`)] as const;
    switch (labels) {
      case "none":
        return [[node, of(name)]];
      case "versions":
        return [version("4"), version("5")];
      case "version-4":
        return [version("4")];
      case "connack":
        return CONNACK_NAMES.map(
          (code) => [`${node},mqtt_version="4",return_code="${code}"`, of(`${name} ${code}`)] as const,
        );
    }
  }

  private bump(key: string, by: number): void {
    this.values.set(key, (this.values.get(key) ?? 0) + by);
  }
}
