import { textBytes, type PayloadFormat } from "@/lib/mqtt/payload";

/** The bytes a payload stands for, or null where it is not written as its format asks. */
export function bytesOf(payload: string, format: PayloadFormat): Uint8Array | null {
  switch (format) {
    case "json":
    case "text":
      return new TextEncoder().encode(payload);
    case "hex":
      return fromHex(payload);
    case "base64":
      return fromBase64(payload);
  }
}

/** How many bytes it has as far as can be told of something half written. */
export const countBytes = (payload: string, format: PayloadFormat): number =>
  bytesOf(payload, format)?.length ?? textBytes(payload);

/** The same bytes written in another format; as it is where that cannot be done (bytes that are no text, a half-written payload). */
export function rewrite(payload: string, from: PayloadFormat, to: PayloadFormat): string {
  const bytes = bytesOf(payload, from);
  if (bytes === null) return payload;
  return to === "hex" ? toHex(bytes) : to === "base64" ? toBase64(bytes) : (textOf(bytes) ?? payload);
}

/** Bytes as text; null where they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** Sixteen bytes a line, in pairs. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte, at) => {
    const gap = at === 0 ? "" : at % 16 === 0 ? "\n" : " ";
    return gap + byte.toString(16).padStart(2, "0");
  }).join("");

/** Bytes of a text in base64; null where it is none. */
export function fromBase64(text: string): Uint8Array | null {
  const dense = text.replaceAll(/\s/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(dense)) return null;
  return Uint8Array.from(atob(dense), (letter) => letter.charCodeAt(0));
}

function fromHex(text: string): Uint8Array | null {
  const dense = text.replaceAll(/\s/g, "");
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(dense)) return null;
  return Uint8Array.from(dense.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
