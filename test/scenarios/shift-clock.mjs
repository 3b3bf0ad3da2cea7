// Loaded into a process whose machine's clock is to be wrong: the wall clock is CLOCK_SHIFT_MS off, time passes as always.
import { performance } from "node:perf_hooks";

const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const { now } = Date;

globalThis.Date = new Proxy(Date, {
  construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now() + shiftMs] : given),
  get: (target, key) => (key === "now" ? () => now() + shiftMs : Reflect.get(target, key)),
});
Object.defineProperty(performance, "timeOrigin", { value: performance.timeOrigin + shiftMs });
