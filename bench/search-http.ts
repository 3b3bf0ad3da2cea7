import { Agent, request } from "node:http";
import type { SearchClientsInput } from "@/lib/presence/search-schemas";
import { startConsole } from "./console";
import { chanceOf } from "./dataset-rows";

const CONCURRENCY = 2;
const ROUNDS = 1_000;
const WARM_UP = 100;
// Each agent may search only so often a minute (lib/http/route.ts), so many take turns; on a faster machine the bench waits as it is told to.
const AGENTS = 20;
const LIMIT = 429;

/** The same searches as a browser sends them: the console's own route, with its session check and its audit row. Times in ms. */
export async function benchSearchOverHttp(options: {
  url: string;
  clients: number;
  shapes: readonly { name: string; input: (n: number) => SearchClientsInput }[];
}): Promise<Map<string, number[]>> {
  const served = await startConsole(options.url);
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const times = new Map(options.shapes.map(({ name }): [string, number[]] => [name, []]));
  try {
    const cookies = await served.signIn(AGENTS);
    let turn = 0;
    const loop = async (): Promise<void> => {
      while (turn < ROUNDS + WARM_UP) {
        turn += 1;
        const n = Math.floor(chanceOf(turn, 400) * options.clients);
        const cookie = cookies[turn % AGENTS] ?? "";
        for (const { name, input } of options.shapes) {
          const { status, ms, retryAfterMs } = await post({ base: served.url, agent, cookie, body: input(n) });
          if (status === LIMIT) await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
          else if (status !== 200) throw new Error(`A search was answered ${status}`);
          else if (turn > WARM_UP) times.get(name)?.push(ms);
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, loop));
    return times;
  } finally {
    agent.destroy();
    await served.stop();
  }
}

async function post(options: {
  base: string;
  agent: Agent;
  cookie: string;
  body: unknown;
}): Promise<{ status: number; ms: number; retryAfterMs: number }> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const { port } = new URL(options.base);
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        agent: options.agent,
        method: "POST",
        path: "/api/presence/search",
        headers: { "content-type": "application/json", origin: options.base, cookie: options.cookie },
      },
      (response) => {
        response.resume();
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            ms: performance.now() - startedAt,
            retryAfterMs: Number(response.headers["retry-after"] ?? 0) * 1_000,
          }),
        );
      },
    );
    asked.on("error", reject);
    asked.end(JSON.stringify(options.body));
  });
}
