import type { Socket } from "node:net";

export interface ProxiedPeer {
  address: string;
  port: number;
}

// HAProxy's proxy-protocol.txt, §2.1 (a line of at most 107 bytes) and §2.2 (16 bytes and a length).
const V2_SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const V1_MAX_BYTES = 107;
const V2_HEAD_BYTES = 16;
const MAX_HEADER_BYTES = 4_096;

export type ProxyHeader =
  | { status: "incomplete" }
  | { status: "malformed" }
  /** `peer` is null for a connection of the balancer itself (a health check). */
  | { status: "complete"; bytes: number; peer: ProxiedPeer | null };

/** Reads the PROXY protocol's header, version 1 or 2, from the beginning of a connection. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const compared = Math.min(bytes.length, V2_SIGNATURE.length);
  if (bytes.subarray(0, compared).equals(V2_SIGNATURE.subarray(0, compared))) return readVersion2(bytes);
  const text = bytes.subarray(0, V1_MAX_BYTES).toString("latin1");
  if (!"PROXY ".startsWith(text.slice(0, 6))) return { status: "malformed" };
  return readVersion1(text, bytes.length);
}

function readVersion1(text: string, available: number): ProxyHeader {
  const end = text.indexOf("\r\n");
  if (end === -1) return { status: available >= V1_MAX_BYTES ? "malformed" : "incomplete" };
  const [, family, address = "", , port] = text.slice(0, end).split(" ");
  const bytes = end + 2;
  if (family === "UNKNOWN") return { status: "complete", bytes, peer: null };
  if ((family !== "TCP4" && family !== "TCP6") || !/^\d+$/.test(port ?? "")) return { status: "malformed" };
  return { status: "complete", bytes, peer: { address, port: Number(port) } };
}

function readVersion2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_HEAD_BYTES) return { status: "incomplete" };
  const [versionAndCommand, family] = [bytes.readUInt8(12), bytes.readUInt8(13)];
  const length = V2_HEAD_BYTES + bytes.readUInt16BE(14);
  if (versionAndCommand >> 4 !== 2 || length > MAX_HEADER_BYTES) return { status: "malformed" };
  if (bytes.length < length) return { status: "incomplete" };
  const isLocal = (versionAndCommand & 0xf) === 0;
  return {
    status: "complete",
    bytes: length,
    peer: isLocal ? null : addressOf(bytes.subarray(16, length), family >> 4),
  };
}

/** Source address and port; family 1 is IPv4, 2 is IPv6. */
function addressOf(block: Buffer, family: number): ProxiedPeer | null {
  if (family === 1 && block.length >= 12)
    return { address: [...block.subarray(0, 4)].join("."), port: block.readUInt16BE(8) };
  if (family === 2 && block.length >= 36) {
    const words = Array.from({ length: 8 }, (_, index) => block.readUInt16BE(index * 2).toString(16));
    return { address: words.join(":"), port: block.readUInt16BE(32) };
  }
  return null;
}

/** Takes the header from a socket; null when it is none, or does not come in time. What follows it is left to be read. */
export function takeProxyHeader(socket: Socket, timeoutMs: number): Promise<{ peer: ProxiedPeer | null } | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const end = (result: { peer: ProxiedPeer | null } | null): void => {
      clearTimeout(timer);
      socket.off("readable", read).off("close", fail).off("error", fail);
      resolve(result);
    };
    const fail = (): void => end(null);
    const read = (): void => {
      for (let chunk = take(socket); chunk; chunk = take(socket)) bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header.status === "incomplete") return;
      if (header.status === "malformed") return end(null);
      if (bytes.length > header.bytes) socket.unshift(bytes.subarray(header.bytes));
      end({ peer: header.peer });
    };
    const timer = setTimeout(fail, timeoutMs);
    socket.on("readable", read).on("close", fail).on("error", fail);
  });
}

// A socket without an encoding reads buffers.
const take = (socket: Socket): Buffer | null => socket.read() as Buffer | null;
