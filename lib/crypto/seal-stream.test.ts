import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { sealStream, unsealStream } from "./seal-stream";

const key = randomBytes(32);
const collect = async (parts: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
};
const inChunks = (bytes: Buffer, length: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, n) => bytes.subarray(n * length, (n + 1) * length)),
  );

const MEBIBYTE = 1024 * 1024;

test.each([0, 1, MEBIBYTE, MEBIBYTE + 1, 3 * MEBIBYTE])(
  "%i bytes come back as they were, and none of them is legible before",
  async (length) => {
    const bytes = Buffer.alloc(length, "a secret of sixteen");
    const sealed = await collect(sealStream(inChunks(bytes, 65_536), { key, about: "a" }));
    expect(sealed.includes("a secret of")).toBe(false);
    expect(
      (await collect(unsealStream(inChunks(sealed, 70_001), { keys: [randomBytes(32), key], about: "a" }))).equals(
        bytes,
      ),
    ).toBe(true);
  },
);

test("what was cut at a frame, had frames exchanged, or belongs to another does not open", async () => {
  const sealed = await collect(sealStream(inChunks(randomBytes(2 * MEBIBYTE), MEBIBYTE), { key, about: "a" }));
  const frame = sealed.length / 2;
  const swapped = Buffer.concat([sealed.subarray(frame), sealed.subarray(0, frame)]);
  for (const [wrong, about] of [
    [sealed.subarray(0, frame), "a"],
    [swapped, "a"],
    [sealed, "b"],
  ] as const)
    await expect(collect(unsealStream(inChunks(wrong, 65_536), { keys: [key], about }))).rejects.toThrow();
});
