import { readFile } from "node:fs/promises";

/** Which phones of a fleet a process plays: from (inclusive) to (exclusive). */
export interface FleetPart {
  from: number;
  to: number;
}

// What the process needs beside its phones: its modules, logs being read, uploads, calls to the publisher.
const KEPT_FREE = 500;
// A hand-over holds two sockets for a moment, and a socket that fell silent is held for minutes.
const SOCKETS_PER_PHONE = 1.5;
// More on one machine would only wait for one another.
const MOST_PROCESSES = 8;

/**
 * Splits a fleet over as few processes as the limit of open files of one allows. Pairs of neighbours stay together: they may share a
 * client identifier. Throws saying what to raise when more than eight would be needed.
 */
export function splitFleet({ phones, fileLimit }: { phones: number; fileLimit: number }): FleetPart[] {
  const most = Math.floor(Math.max(0, fileLimit - KEPT_FREE) / SOCKETS_PER_PHONE / 2) * 2;
  const processes = most > 0 ? Math.max(1, Math.ceil(phones / most)) : Infinity;
  if (processes > MOST_PROCESSES)
    throw new Error(
      `${phones} phones need ${Math.ceil(phones * SOCKETS_PER_PHONE)} open files, and a process may have ${fileLimit}: ` +
        `raise the limit (ulimit -n ${Math.ceil((phones * SOCKETS_PER_PHONE) / MOST_PROCESSES) + KEPT_FREE} is enough), or ask for fewer`,
    );
  const size = Math.ceil(phones / processes / 2) * 2;
  return Array.from({ length: processes }, (_, part) => ({
    from: part * size,
    to: Math.min(phones, (part + 1) * size),
  }));
}

/** How many files this process may have open; infinite where the system does not say. */
export async function readFileLimit(): Promise<number> {
  const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === undefined || soft === "unlimited" ? Infinity : Number(soft);
}
