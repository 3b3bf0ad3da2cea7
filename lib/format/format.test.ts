import { describe, expect, it } from "vitest";
import { formatAge, formatUntil } from "./age";
import { formatBytes } from "./bytes";
import { formatCount, formatShortCount } from "./count";
import { formatDuration } from "./duration";
import { dayKey, formatClock, formatDay, formatExact, formatMoment, formatTick, zoneName } from "./instant";
import { legible } from "./kept-text";
import { domesticDigits, firstName, maskName, maskPersonId, maskPhone } from "./person";

const plain = (text: string | null) => text?.replaceAll("\u00a0", " ");
const MIN = 60_000;
const HOUR = 60 * MIN;

describe("durations", () => {
  it.each([
    [0, "0 s", "0 dtk"],
    [-5, "0 s", "0 dtk"],
    [214, "214 ms", "214 md"],
    [4_900, "4 s", "4 dtk"],
    [100_000, "1 min 40 s", "1 mnt 40 dtk"],
    [5 * MIN + 30_000, "5 min", "5 mnt"],
    [6 * HOUR + 12 * MIN + 59_000, "6 h 12 min", "6 jam 12 mnt"],
    [28 * HOUR + 40 * MIN, "1 d 4 h", "1 hari 4 jam"],
    [26 * 24 * HOUR, "26 d", "26 hari"],
  ])("%d ms reads %s, %s", (ms, en, id) => {
    expect(plain(formatDuration(ms, "en"))).toBe(en);
    expect(plain(formatDuration(ms, "id"))).toBe(id);
  });
  it("an age says how long ago, now under a second and for clocks a little ahead", () => {
    expect(plain(formatAge(4_000, "en"))).toBe("4 s ago");
    expect(plain(formatAge(4_000, "id"))).toBe("4 dtk lalu");
    expect(formatAge(-300, "en")).toBe("now");
    expect(plain(formatUntil(2 * HOUR, "id"))).toBe("2 jam lagi");
  });
});

describe("figures", () => {
  it("are grouped by a no-break space in English and a dot in Indonesian", () => {
    expect(formatCount(12_408, "en")).toBe("12\u00a0408");
    expect(formatCount(1_012_408, "id")).toBe("1.012.408");
    expect(formatCount(-0.4, "id", 1)).toBe("−0,4");
    expect(formatCount(-0.2, "en")).toBe("0");
    expect(formatCount(3.5, "en", 2)).toBe("3.5");
  });
  it("are short on an axis", () => {
    expect(formatShortCount(3_000, "en")).toBe("3k");
    expect(formatShortCount(1_250_000, "id")).toBe("1,3M");
    expect(formatShortCount(0.5, "en")).toBe("0.5");
  });
  it("sizes take the unit that keeps them under four digits", () => {
    expect(plain(formatBytes(512, "en"))).toBe("512 B");
    expect(plain(formatBytes(1_240_000, "id"))).toBe("1,2 MB");
    expect(plain(formatBytes(999_999, "en"))).toBe("1 MB");
  });
});

describe("people are masked", () => {
  it("a name shows the first name and one initial", () => {
    expect(maskName("Siti Nur Rahma")).toBe("Siti R••••");
    expect(maskName("Bayu")).toBe("Bayu");
    expect(maskName("  ")).toBeNull();
    expect(firstName("Siti Rahma")).toBe("Siti");
  });
  it("a phone number shows its beginning and last two digits, as said at home", () => {
    expect(maskPhone("+628123456017")).toBe("0812 34•• ••17");
    expect(maskPhone("+6591234567")).toBe("+659 12•• ••67");
    expect(maskPhone("+6281")).toBe("•••• ••••");
    expect(maskPhone(null)).toBeNull();
    expect(domesticDigits("+62812")).toBe("0812");
  });
  it("an identifier shows two characters", () => {
    expect(maskPersonId("p-000123")).toBe("p-••••••");
  });
});

describe("instants", () => {
  const at = new Date("2026-11-20T03:42:14.512Z");
  it("are told in the viewer's zone, with UTC beside", () => {
    expect(formatExact(at, { locale: "en", timeZone: "Asia/Jakarta" })).toMatch(
      /^20 Nov 2026,? 10:42:14 WIB · 03:42:14 UTC$/,
    );
    expect(formatExact(at, { locale: "en", timeZone: "UTC" })).toMatch(/^20 Nov 2026,? 03:42:14 UTC$/);
    expect(formatClock(at, { timeZone: "Asia/Jakarta" })).toBe("10:42:14");
    expect(formatClock(at, { timeZone: "UTC", precision: "minute" })).toBe("03:42");
    expect(formatClock(at, { timeZone: "UTC", precision: "millisecond" })).toBe("03:42:14.512");
  });
  it("zones are called as people call them", () => {
    expect(zoneName({ locale: "en", timeZone: "Asia/Jakarta" })).toBe("WIB (UTC+7)");
    expect(zoneName({ locale: "en", timeZone: "Asia/Kolkata" })).toBe("Asia/Kolkata (UTC+5:30)");
  });
  it("have their day beside them where a time alone could be of two", () => {
    const jakarta = { locale: "en", timeZone: "Asia/Jakarta" };
    const hour = 3_600_000;
    expect(formatMoment(at, { ...jakarta, spanMs: hour })).toBe("10:42:14");
    expect(formatMoment(at, { ...jakarta, spanMs: 24 * hour })).toBe("20 Nov 10:42:14");
    expect(formatTick(at, { ...jakarta, spanMs: 24 * hour })).toBe("10:42");
    expect(formatTick(new Date("2026-11-19T17:00:00Z"), { ...jakarta, spanMs: 24 * hour })).toBe("20 Nov");
    expect(formatTick(at, { ...jakarta, spanMs: 72 * hour })).toBe("20 Nov");
  });
  it("fall on a day of that zone", () => {
    expect(formatDay(at, { locale: "id", timeZone: "Asia/Jakarta" })).toBe("Jumat, 20 November");
    expect(dayKey(new Date("2026-11-19T20:00:00Z"), "Asia/Jakarta")).toBe("2026-11-20");
  });
});

it("what was typed or pasted keeps its words and lines, and nothing that a screen or a terminal obeys", () => {
  expect(legible("\u2068Siti\u2069 called:\n\u202e\u001b[2J\u0000+62 812\tbiasa ✓ 🙂")).toBe(
    "Siti called:\n[2J+62 812\tbiasa ✓ 🙂",
  );
});
