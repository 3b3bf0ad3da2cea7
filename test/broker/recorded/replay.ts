import type { IClientOptions, MqttClient } from "mqtt";
import { expect } from "vitest";
import { readFixture } from "../fixtures";
import type { HookReply } from "../hook-receiver";
import { startTestCluster, type NodeName, type TestCluster, type TestClusterOptions } from "../test-cluster";
import { until } from "../until";

interface RecordedLine {
  url?: string;
  hook?: string;
  body?: Record<string, unknown>;
  resp?: { status: number; delay: number; resp: string; headers: Record<string, string>; drop: boolean };
  note?: string;
}

/** One webhook of a recorded scenario, and how the receiver answered it then; null is ok at once. */
export interface ReplayedCall {
  node: string;
  hook: string;
  body: Record<string, unknown>;
  reply: RecordedLine["resp"] | null;
}

const linesOf = (scenario: string): RecordedLine[] =>
  readFixture(`hooks/${scenario}.jsonl`)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RecordedLine);

/** What was said about the scenario while it was recorded. */
export const notesOf = (scenario: string): string[] => linesOf(scenario).flatMap(({ note }) => note ?? []);

/** Calls about clients of MQTT 3.1.1, by client, in order of arrival. */
export function recordedByClient(scenario: string): Map<string, ReplayedCall[]> {
  const byClient = new Map<string, ReplayedCall[]>();
  for (const { url, hook, body, resp } of linesOf(scenario)) {
    if (!hook || !body) continue;
    const clientId = String(body.client_id);
    const call = { node: `n${url?.at(-1)}`, hook, body, reply: resp ?? null };
    byClient.set(clientId, [...(byClient.get(clientId) ?? []), call]);
  }
  for (const [clientId, calls] of byClient)
    if (calls.some(({ hook }) => hook.endsWith("_m5"))) byClient.delete(clientId);
  return byClient;
}

/** A three-node broker whose clients are called as in a recording. */
export class Replay {
  private constructor(
    readonly broker: TestCluster,
    private readonly scenario: string,
    private readonly timeScale: number,
  ) {}

  static async begin(scenario: string, options: TestClusterOptions = {}): Promise<Replay> {
    const broker = await startTestCluster({ nodes: 3, ...options });
    return new Replay(broker, scenario, options.timeScale ?? 1);
  }

  connect(node: NodeName, clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
    return this.broker.connect(node, { clientId, username: `token-${clientId}`, ...options });
  }

  /** The CONNACK's return code, or "closed" without one. */
  outcome(node: NodeName, clientId: string, options: IClientOptions = {}): Promise<number | string> {
    return this.connect(node, clientId, options).then(
      () => 0,
      (error: Error & { code?: number }) => error.code ?? error.message,
    );
  }

  /** Answers each call about a client as the same one in a row was answered then. */
  answerAsRecorded(): void {
    const recorded = recordedByClient(this.scenario);
    const seen = new Map<string, number>();
    this.broker.hooks.answer(({ body }) => {
      const clientId = String(body.client_id);
      const index = seen.get(clientId) ?? 0;
      seen.set(clientId, index + 1);
      const reply = recorded.get(clientId)?.[index]?.reply;
      return reply ? this.replyOf(reply) : undefined;
    });
  }

  /** Waits until as many hooks arrived about each client as were recorded, and compares them, ports aside. */
  async expectRecorded(clientIds: readonly string[], compare = sameCalls): Promise<void> {
    const recorded = recordedByClient(this.scenario);
    for (const clientId of clientIds) {
      const expected = recorded.get(clientId) ?? [];
      expect(expected.length, `${clientId} is in the recording`).toBeGreaterThan(0);
      const got = () => this.broker.hooks.callsOf(clientId);
      await until(`${expected.length} hooks about ${clientId}`, () => got().length >= expected.length).catch(() => {});
      compare(got(), expected);
    }
  }

  private replyOf({ status, delay, resp, headers, drop }: NonNullable<RecordedLine["resp"]>): HookReply {
    const after = new Promise((resolve) => {
      setTimeout(resolve, delay / this.timeScale);
    });
    return { status, body: resp, headers, drop, after: delay > 0 ? after : undefined };
  }
}

interface Call {
  node: string;
  hook: string;
  body: Record<string, unknown>;
}

const told = ({ node, hook, body }: Call): string =>
  `${node} ${hook} ${JSON.stringify({ ...body, ...("peer_port" in body ? { peer_port: 0 } : {}) })}`;

/** Same hooks, same fields, same order. */
export function sameCalls(got: readonly Call[], expected: readonly Call[]): void {
  expect(got.map(told)).toEqual(expected.map(told));
}

/** Same hooks, same fields, in whatever order: where VerneMQ itself was seen to use several. */
export function sameCallsInAnyOrder(got: readonly Call[], expected: readonly Call[]): void {
  expect(got.map(told).toSorted()).toEqual(expected.map(told).toSorted());
}
