import { hash, timingSafeEqual } from "node:crypto";

/** Are two secrets equal? Takes the same time wherever they differ, and whatever their lengths. */
export function secretsEqual(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}
