import { createHash, hash } from "node:crypto";
import { clientKeyOf } from "@/lib/presence/client-key";
import { RANK, versionOf } from "@/lib/presence/version";

/** What the practice population of the benches looks like: client n of person n, the same at every run. */

export interface BenchPerson {
  personId: string;
  name: string;
  phoneNumber: string;
}

export interface BenchClient {
  clientKey: string;
  clientId: string;
  platform: "android" | "ios";
  appVersion: string;
  deviceModel: string;
  cleanSession: boolean;
  firstSeenUs: number;
}

/** Nodes of the benches' cluster, `node_id` 1, 2, 3. */
export const BENCH_NODES = ["sub-1", "sub-2", "sub-3"] as const;
/** Midnight the benches' history is counted back from, µs since the epoch. */
export const BENCH_DAY_US = Date.UTC(2026, 10, 1) * 1_000;

const DAY_US = 86_400_000_000;
const COMMON = (
  "siti muhammad nur dewi sri ahmad putri rahma agus wahyu rizki indah fitri ayu eko budi hidayat kusuma lestari wulan " +
  "dian ratna yuni bayu dimas galih intan nadia joko wawan hendra kartika maya rina sari susanto wijaya saputra pratama " +
  "ramadhan setiawan nugroho santoso utami handayani rahayu anggraini permata kurniawan firmansyah maulana hakim syahputra " +
  "made wayan ketut nyoman komang gede abdul rahman aziz hasan husein ibrahim yusuf iskandar fauzi zainal arifin bambang " +
  "suharto sutrisno supriyadi mulyadi slamet tri endang ningsih wati astuti purnama cahya surya bulan bintang melati mawar"
).split(" ");
const BEGINS =
  "ba be bi da di do fa ga ha hi ja ka ki ku la le li ma me mu na no pa pu ra ri ro sa se su ta ti tu wa we ya yu za".split(
    " ",
  );
const MIDDLES =
  "ba ca da di du fa ga ja ka la li lu ma na ni nu ra ri ru sa si su ta ti tu wa ya yo za ngga ndra rma stu".split(" ");
const ENDS =
  "di na ni to wan wati yah ana anto ani ati dra gi ka la man mi nda ng no r ran s sih t tri tun yanto yono zi".split(
    " ",
  );
const VERSIONS = ["12.4.1", "12.4.0", "12.3.8", "12.2.5", "11.9.2"];
const MODELS = ["Contoh A54", "Contoh Note 13", "Contoh Y21", "Contoh 15", "Contoh SE"];

/** A number between 0 and 1 that hangs only on `n` and `salt` (splitmix32). */
export function chanceOf(n: number, salt: number): number {
  let z = Math.imul(n ^ Math.imul(salt + 1, 0x9e3779b9), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 4_294_967_296;
}

const pick = <T>(from: readonly T[], chance: number): T => {
  const chosen = from[Math.floor(chance * from.length)];
  if (chosen === undefined) throw new Error("Nothing to pick from");
  return chosen;
};

// Names as they are: a few words are everywhere (the first at 1 in 25), a long tail of about 40 000 is rare.
function wordOf(n: number, position: number): string {
  const which = chanceOf(n, position * 7 + 1);
  const chance = chanceOf(n, position * 7 + 2);
  if (which < 0.7) return pick(COMMON, chance ** 2);
  return (
    pick(BEGINS, chance) + pick(MIDDLES, chanceOf(n, position * 7 + 3)) + pick(ENDS, chanceOf(n, position * 7 + 4))
  );
}

export function benchPerson(n: number): BenchPerson {
  const chance = chanceOf(n, 90);
  const words = chance < 0.1 ? 1 : chance < 0.6 ? 2 : chance < 0.92 ? 3 : 4;
  const name = Array.from({ length: words }, (_, position) => {
    const word = wordOf(n, position);
    return word.charAt(0).toUpperCase() + word.slice(1);
  }).join(" ");
  // 7 919 and the modulus have no common divisor: every number once.
  return {
    personId: `P${10_000_000 + n}`,
    name,
    phoneNumber: `+628${String((n * 7_919) % 1_000_000_000).padStart(9, "0")}`,
  };
}

export function benchClient(n: number): BenchClient {
  const platform = chanceOf(n, 91) < 0.75 ? "android" : "ios";
  // 36^8 and this prime have no common divisor.
  const tail = ((n * 1_299_709_121) % 2_821_109_907_456).toString(36).padStart(8, "0");
  const clientId = `${platform === "android" ? "and" : "ios"}-${[...tail].toReversed().join("")}`;
  return {
    clientKey: clientKeyOf(clientId),
    clientId,
    platform,
    appVersion: pick(VERSIONS, chanceOf(n, 92) ** 2),
    deviceModel: pick(MODELS, chanceOf(n, 93)),
    cleanSession: chanceOf(n, 94) < 0.1,
    firstSeenUs: BENCH_DAY_US - Math.floor(chanceOf(n, 95) * 400 * DAY_US),
  };
}

/** Its state at the benches' beginning: two in ten online, six queued, two gone. */
export function benchPresence(n: number): { ver: number; nodeId: number; changedUs: number; port: number } {
  const chance = chanceOf(n, 96);
  const startUs = BENCH_DAY_US - Math.floor(chanceOf(n, 97) * DAY_US);
  const rank = chance < 0.2 ? RANK.open : chance < 0.8 ? RANK.queued : RANK.gone;
  return {
    ver: versionOf(startUs, rank),
    nodeId: 1 + Math.floor(chanceOf(n, 98) * BENCH_NODES.length),
    changedUs: rank === RANK.open ? startUs : startUs + 60_000_000,
    port: 1_024 + Math.floor(chanceOf(n, 99) * 60_000),
  };
}

/** The token client n signed in with, as hex of its SHA-256. */
export const benchTokenHash = (n: number): string => hash("sha256", `bench-token-${n}`, "hex");

/** Changes with everything above, so that a kept dataset of another shape is made anew. */
export const BENCH_SHAPE = createHash("sha256")
  .update(JSON.stringify([0, 1, 2, 3, 99_999].map((n) => [benchPerson(n), benchClient(n), benchPresence(n)])))
  .digest("hex")
  .slice(0, 12);
