import { cpus, totalmem } from "node:os";
import { openDatabase, type Database } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { searchClients } from "@/lib/presence/search-clients";
import type { SearchClientsInput } from "@/lib/presence/search-schemas";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { REQUEST_NODE_ARGUMENTS } from "@/stack/node-arguments";
import type { Bench, Measurement } from "./bench";
import { clientsOf, openDataset } from "./dataset";
import { benchSearchOverHttp } from "./search-http";
import { benchClient, benchPerson, benchTokenHash, chanceOf } from "./dataset-rows";
import { percentile } from "./percentile";
import { writeTransitions } from "./transitions";

const CLIENTS = 10_000_000;
const TRANSITIONS_PER_SECOND = 5_000;
const CONCURRENCY = 2;
const ROUNDS = 1_000;
const WARM_UP = 100;
const TARGET_MS = { exact: 10, slip: 15, http: 30 };

interface Shape {
  name: string;
  input: (n: number) => SearchClientsInput;
  targetMs: number;
}

const shape = (name: string, input: (n: number) => SearchClientsInput, targetMs = TARGET_MS.exact): Shape => ({
  name,
  input,
  targetMs,
});
const words = (n: number): string[] => benchPerson(n).name.toLowerCase().split(" ");
const firstWord = (n: number): string => words(n)[0] ?? "siti";
const lastWord = (n: number): string => words(n).at(-1) ?? "siti";
/** A word of the name long enough to be searched by a part or with a slip. */
const longWord = (n: number): string => words(n).find((word) => word.length >= 6) ?? "kusumawardhani";

/** The ways an operator searches, each with a text of another client at every turn. */
const SHAPES: readonly Shape[] = [
  shape("exact person, phone or client id", (n) => ({
    text: [benchPerson(n).personId, `0${benchPerson(n).phoneNumber.slice(3)}`, benchClient(n).clientId][n % 3] ?? "",
  })),
  shape("last six digits of a phone", (n) => ({ text: benchPerson(n).phoneNumber.slice(-6) })),
  shape("client id prefix", (n) => ({ text: benchClient(n).clientId.slice(0, 8) })),
  shape("name prefix", (n) => ({ text: `${firstWord(n)} ${words(n)[1]?.slice(0, 3) ?? ""}` })),
  shape("any word of the name", (n) => ({ text: lastWord(n) })),
  shape("two words in either order", (n) => ({ text: `${lastWord(n)} ${firstWord(n).slice(0, 4)}` })),
  shape("a part of a word", (n) => ({ text: longWord(n).slice(1, 6) })),
  shape("a word with a slip", (n) => ({ text: `${longWord(n).slice(0, 3)}x${longWord(n).slice(4)}` }), TARGET_MS.slip),
  shape("a pasted token", (n) => ({ tokenHash: benchTokenHash(n) })),
];

const PRIMARY_KEY = { name: "bench-primary-key", text: "select * from clients where client_key = $1" };

/** Searches as the console does them, while transitions are written; a lookup by primary key in turns with them is the baseline. */
export const bench: Bench = {
  claim: `of ${CLIENTS.toLocaleString("en")} clients, ${TRANSITIONS_PER_SECOND} changing a second, each way of search answers within ${TARGET_MS.exact} ms at p99 (words with a slip ${TARGET_MS.slip} ms), over HTTP within ${TARGET_MS.http} ms`,
  // as the console has
  nodeArguments: REQUEST_NODE_ARGUMENTS,
  run: async (args) => {
    const clients = clientsOf(args, CLIENTS);
    console.log(`  ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`);
    const dataset = await openDataset(clients);
    console.log(`  ${dataset.sizes}`);
    const reader = openDatabase({ url: dataset.url, connections: 4, applicationName: "bench-search" });
    const transitions = await writeTransitions({ url: dataset.url, clients, perSecond: TRANSITIONS_PER_SECOND });
    try {
      const times = await searchInTurns(reader, clients);
      console.log(`  ${Math.round(await transitions.rate())} transitions/s were written meanwhile`);
      report(times);
      latest = {
        worst: worstOf(times),
        slip: percentile(timesOf(times, "a word with a slip"), 0.99),
        baseline: percentile(timesOf(times, BASELINE), 0.99),
        http: null,
      };
      const overHttp = args.includes("--no-http")
        ? []
        : await benchSearchOverHttp({ url: dataset.url, clients, shapes: SHAPES });
      for (const [name, own] of overHttp) {
        reportOne(`HTTP: ${name}`, own);
        latest.http = Math.max(latest.http ?? 0, percentile(own, 0.99));
      }
      return [...times].map(([name, own]): Measurement => ({
        name,
        perSecond: 1_000 / (own.reduce((a, b) => a + b, 0) / own.length),
      }));
    } finally {
      await transitions.stop();
      await reader.close();
      await dataset.close();
    }
  },
  result: () => ({
    bench: "search",
    value: round(latest.worst),
    unit: "ms p99, the worst of the exact, prefix, word and part shapes",
    ratio: round(latest.worst / latest.baseline),
    ratioTo: "p99 of a lookup by primary key in the same run",
    slipMsP99: round(latest.slip),
    httpMsP99: latest.http === null ? null : round(latest.http),
    target: TARGET_MS.exact,
    pass: latest.worst < TARGET_MS.exact && latest.slip < TARGET_MS.slip && (latest.http ?? 0) < TARGET_MS.http,
  }),
};

let latest: { worst: number; slip: number; baseline: number; http: number | null } = {
  worst: Number.NaN,
  slip: Number.NaN,
  baseline: Number.NaN,
  http: null,
};
const BASELINE = "primary key, prepared";

type Times = Map<string, number[]>;
const timesOf = (times: Times, name: string): number[] => times.get(name) ?? [];

async function searchInTurns(db: Database, clients: number): Promise<Times> {
  const ctx: Context = {
    // A process leaves no audit row: what is timed here is the search; over HTTP it is all of it.
    actor: processActor("bench"),
    db,
    log: createLog("bench", "silent"),
    now: () => new Date(),
    requestId: "bench",
    fromAddress: null,
  };
  const times: Times = new Map([[BASELINE, []], ...SHAPES.map(({ name }): [string, number[]] => [name, []])]);
  let turn = 0;
  const time = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const startedAt = performance.now();
    await work();
    if (turn > WARM_UP) timesOf(times, name).push(performance.now() - startedAt);
  };
  const loop = async (): Promise<void> => {
    while (turn < ROUNDS + WARM_UP) {
      turn += 1;
      const n = Math.floor(chanceOf(turn, 300) * clients);
      await time(BASELINE, () => db.search.query({ ...PRIMARY_KEY, values: [benchClient(n).clientKey] }));
      for (const { name, input } of SHAPES) await time(name, () => searchClients(ctx, input(n)));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, loop));
  return times;
}

const worstOf = (times: Times): number =>
  Math.max(
    ...SHAPES.filter(({ targetMs }) => targetMs === TARGET_MS.exact).map(({ name }) =>
      percentile(timesOf(times, name), 0.99),
    ),
  );

function report(times: Times): void {
  for (const [name, own] of times) reportOne(name, own);
}

const reportOne = (name: string, own: readonly number[]): void =>
  console.log(
    `  ${name.padEnd(42)} p50 ${percentile(own, 0.5).toFixed(1).padStart(6)} ms   p99 ${percentile(own, 0.99).toFixed(1).padStart(6)} ms`,
  );

const round = (value: number): number => Number(value.toFixed(2));
