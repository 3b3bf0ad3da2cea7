/** A call an app makes, before anything happens to it. `{id}` in the path becomes a made-up identifier. */
export interface CallTemplate {
  method: "GET" | "POST" | "PUT" | "DELETE";
  service: Service;
  path: string;
  /** Status when all goes well. */
  ok: number;
  /** Usual time and answer size. */
  ms: number;
  bytes: number;
}

export const SERVICES = ["account", "catalogue", "orders", "consultations", "chat", "media"] as const;
export type Service = (typeof SERVICES)[number];

export const HOSTS: Record<Service, string> = {
  account: "api.sehat.example",
  catalogue: "api.sehat.example",
  orders: "api.sehat.example",
  consultations: "api.sehat.example",
  chat: "chat.sehat.example",
  media: "media.sehat.example",
};

const call = (
  method: CallTemplate["method"],
  service: Service,
  path: string,
  usual: { ms: number; bytes: number; ok?: number },
): CallTemplate => ({ method, service, path, ok: usual.ok ?? 200, ms: usual.ms, bytes: usual.bytes });

/** What the app does when its access token has run out. */
export const REFRESH_CALL = call("POST", "account", "/v1/auth/refresh", { ms: 180, bytes: 1_240 });

const OPEN_APP = [
  call("GET", "account", "/v1/app/config", { ms: 70, bytes: 4_310 }),
  call("GET", "account", "/v1/profile", { ms: 95, bytes: 1_180 }),
  call("GET", "catalogue", "/v1/home", { ms: 210, bytes: 18_400 }),
  call("GET", "media", "/banners/{id}.webp", { ms: 60, bytes: 46_000 }),
  call("GET", "account", "/v1/notifications?unread=true", { ms: 85, bytes: 920 }),
];
const BUY_MEDICINE = [
  call("GET", "catalogue", "/v1/products?query=paracetamol&page=1", { ms: 240, bytes: 22_700 }),
  call("GET", "catalogue", "/v1/products/{id}", { ms: 120, bytes: 3_900 }),
  call("GET", "media", "/products/{id}.webp", { ms: 55, bytes: 31_000 }),
  call("POST", "orders", "/v1/cart/items", { ms: 160, bytes: 840, ok: 201 }),
  call("GET", "orders", "/v1/cart", { ms: 110, bytes: 1_460 }),
  call("POST", "orders", "/v1/orders/quote", { ms: 420, bytes: 980 }),
  call("POST", "orders", "/v1/orders", { ms: 610, bytes: 1_530, ok: 201 }),
  call("GET", "orders", "/v1/orders/{id}", { ms: 130, bytes: 1_720 }),
  call("GET", "orders", "/v1/orders/{id}/courier", { ms: 140, bytes: 410 }),
];
const SEE_DOCTOR = [
  call("GET", "consultations", "/v1/doctors?speciality=general&page=1", { ms: 260, bytes: 16_900 }),
  call("GET", "consultations", "/v1/doctors/{id}", { ms: 115, bytes: 2_800 }),
  call("GET", "consultations", "/v1/doctors/{id}/slots", { ms: 150, bytes: 1_950 }),
  call("POST", "consultations", "/v1/consultations", { ms: 380, bytes: 1_120, ok: 201 }),
  call("GET", "chat", "/v1/rooms/{id}/messages?after=0", { ms: 105, bytes: 640 }),
  call("POST", "chat", "/v1/rooms/{id}/messages", { ms: 90, bytes: 310, ok: 201 }),
  call("PUT", "media", "/v1/attachments/{id}", { ms: 900, bytes: 120 }),
  call("POST", "chat", "/v1/rooms/{id}/messages", { ms: 90, bytes: 310, ok: 201 }),
  call("GET", "chat", "/v1/rooms/{id}/messages?after=2", { ms: 105, bytes: 1_310 }),
  call("PUT", "consultations", "/v1/consultations/{id}/end", { ms: 190, bytes: 220 }),
  call("GET", "consultations", "/v1/prescriptions/{id}", { ms: 170, bytes: 2_060 }),
];
const WATCH_ORDER = [
  call("GET", "orders", "/v1/orders?status=active", { ms: 140, bytes: 2_240 }),
  call("GET", "orders", "/v1/orders/{id}", { ms: 130, bytes: 1_720 }),
  call("GET", "orders", "/v1/orders/{id}/courier", { ms: 140, bytes: 410 }),
  call("GET", "orders", "/v1/orders/{id}/courier", { ms: 140, bytes: 410 }),
];
const BACKGROUND = [
  call("GET", "account", "/v1/notifications?unread=true", { ms: 85, bytes: 920 }),
  call("POST", "account", "/v1/telemetry", { ms: 75, bytes: 0, ok: 204 }),
];

/** What people do with the app, and how often. Steps of a journey share one identifier. */
export const JOURNEYS: readonly (readonly [steps: readonly CallTemplate[], share: number])[] = [
  [BACKGROUND, 40],
  [[...OPEN_APP, ...WATCH_ORDER], 22],
  [[...OPEN_APP, ...BUY_MEDICINE, ...WATCH_ORDER], 20],
  [[...OPEN_APP, ...SEE_DOCTOR], 18],
];

const shares = JOURNEYS.reduce((sum, [, share]) => sum + share, 0);

/** Calls of a journey on average. */
export const CALLS_PER_JOURNEY = JOURNEYS.reduce((sum, [steps, share]) => sum + steps.length * (share / shares), 0);

/** Share of a day's use in each hour of Jakarta (UTC+7), 0 to 23; sums to 1. A guess: mornings and evenings are busy, and apps wake at night. */
export const DAY_CURVE = [
  2.2, 1.8, 1.6, 1.6, 1.8, 2.4, 3.4, 5, 6.2, 6.6, 6.4, 5.6, 5, 4.6, 4.4, 4.6, 5, 5.6, 6.4, 7, 6.8, 5.4, 3.8, 2.2,
].map((weight, _hour, weights) => weight / weights.reduce((sum, other) => sum + other, 0));
