import { readPerson } from "../read-person";
import type { Person } from "../schemas";

/** What a chunk of an import says. */
export interface ReadChunk {
  /** By person id, in its order: of two lines for one person the later counts. */
  people: Person[];
  /** Lines that say something; empty ones are none. */
  rows: number;
  refused: { line: number; reason: string }[];
}

/** Reads NDJSON whose first line is line `firstLine` of the file. A reason never repeats what its line says. */
export function readChunk(text: string, { firstLine, region }: { firstLine: number; region: string }): ReadChunk {
  const people = new Map<string, Person>();
  const refused: ReadChunk["refused"] = [];
  let rows = 0;
  let line = firstLine - 1;
  for (const written of text.split("\n")) {
    line += 1;
    if (written.trim() === "") continue;
    rows += 1;
    const read = readLine(written, region);
    if (read.status === "read") people.set(read.person.personId, read.person);
    else refused.push({ line, reason: read.reason });
  }
  const sorted = [...people.values()].toSorted((a, b) => (a.personId < b.personId ? -1 : 1));
  return { people: sorted, rows, refused };
}

function readLine(written: string, region: string): ReturnType<typeof readPerson> {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return { status: "refused", reason: "is not JSON" };
  }
  return readPerson(value, region);
}
