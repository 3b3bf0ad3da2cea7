import { letters, pick, pickByShare, type Random, seededRandom, wholeBetween } from "./random";

export type Platform = "android" | "ios";

/** One invented patient with one phone. Nothing here belongs to anybody. */
export interface Person {
  personId: string;
  name: string;
  /** E.164. Numbers begin +62 812 00: they parse as Indonesian mobile numbers and are plainly made up. */
  phoneNumber: string;
  clientId: string;
  platform: Platform;
  appVersion: string;
  deviceModel: string;
  /** One phone in 150 asks for a clean session: what the contract advises against, so that staff see what it loses. */
  cleanSession: boolean;
  /** Share of connects made with a token that is no good. A few phones are stuck with theirs. */
  badTokenShare: number;
  /** Calls the app makes in a day, about. */
  callsPerDay: number;
}

const GIVEN = (
  "Adi Agus Ahmad Aisyah Ayu Bagus Bambang Bayu Budi Citra Dewi Dian Dimas Dwi Eka Endang Fajar Fitri Galih Gita " +
  "Hadi Hana Hendra Indah Intan Joko Kartika Ketut Komang Lestari Lina Made Maya Mega Muhammad Nadia Ningsih Novi Nur Nyoman " +
  "Oki Putra Putri Putu Rahmat Ratna Reza Rina Rizki Sari Sinta Siti Slamet Sri Surya Tari Teguh Tri Umi Utami Wahyu Wati Wayan Wulan Yanti Yoga Yuni Zahra"
).split(" ");
const FAMILY = (
  "Anggraini Ardiansyah Fadilah Ginting Gunawan Handayani Harahap Hidayat Hutapea Irawan Kurniawan Kusuma Lubis Maharani Maulana " +
  "Nasution Nugroho Pangestu Permana Pratama Purnomo Rahayu Rahman Ramadhan Safitri Santoso Saputra Saragih Setiawan Siahaan Simanjuntak " +
  "Siregar Sitorus Subagyo Sulistyo Suryani Susanto Sumarno Syahputra Tampubolon Tanjung Wibowo Wicaksono Wirawan Wijaya Yulianti"
).split(" ");

// The newest release is on most phones and a tail stays behind: a guess after common store figures.
const APP_VERSIONS = [
  ["12.4.1", 52],
  ["12.4.0", 21],
  ["12.3.2", 14],
  ["12.2.0", 8],
  ["11.9.4", 5],
] as const;
// "Contoh" is Indonesian for "example"; no maker sells these.
const MODELS: Record<Platform, readonly string[]> = {
  android: ["Contoh A15", "Contoh A54", "Contoh Lite 5G", "Nusa N7", "Nusa N9 Pro", "Melati 8", "Rajawali One"],
  ios: ["Mangga 13", "Mangga 14", "Mangga 15 Pro", "Mangga SE"],
};
const CLEAN_SESSION_EVERY = 150;
const NUMBERS_PER_PREFIX = 10_000;
// Twenty seeds have numbers of their own, fifty thousand each, and all begin +62 812 00.
const PREFIXES_PER_SEED = 5;
const SEEDS_APART = 20;

/** Person number `index` (from 0) of a seed: the same for any size of the fleet. */
export function personOf(seed: number, index: number): Person {
  const random = seededRandom(seed, "person", index);
  const platform = pickByShare<Platform>(random, [
    ["android", 72],
    ["ios", 28],
  ]);
  return {
    personId: `p-${letters(random, 10)}`,
    name: nameOf(random),
    phoneNumber: phoneNumberOf(seed, index),
    clientId: `${platform === "android" ? "and" : "ios"}-${letters(random, 10)}`,
    platform,
    appVersion: pickByShare(random, APP_VERSIONS),
    deviceModel: pick(random, MODELS[platform]),
    cleanSession: index % CLEAN_SESSION_EVERY === 7,
    badTokenShare: random() < 0.015 ? 0.6 : 0.004,
    callsPerDay: wholeBetween(random, 600, 1_800),
  };
}

/** One to three words: a single name is common in Indonesia. */
function nameOf(random: Random): string {
  const first = pick(random, GIVEN);
  const kind = random();
  if (kind < 0.06) return first;
  if (kind < 0.72) return `${first} ${pick(random, FAMILY)}`;
  const others = GIVEN.filter((given) => given !== first);
  return `${first} ${pick(random, others)} ${pick(random, FAMILY)}`;
}

/** +62 812 0000 0000 to 9999, then +62 812 0001 0000 on: one number a person. Seed 1 begins there. */
function phoneNumberOf(seed: number, index: number): string {
  const turn = (((seed - 1) % SEEDS_APART) + SEEDS_APART) % SEEDS_APART;
  const block = turn * PREFIXES_PER_SEED + Math.floor(index / NUMBERS_PER_PREFIX);
  return `+62812${String(block).padStart(4, "0")}${String(index % NUMBERS_PER_PREFIX).padStart(4, "0")}`;
}
