import { isClientId } from "@/lib/mqtt/is-client-id";

/** What the services' API takes in one call: lib/publish/sends/schemas.ts MOST_LISTED. */
export const MOST_CLIENT_IDS = 5_000;

export interface ReadClientIds {
  /** Each once, in the order given. */
  clientIds: string[];
  /** Cells that are no client identifier, a heading aside. */
  unreadable: number;
}

/** Client identifiers from pasted text or a CSV file: one a line, of a line with several cells the first. */
export function readClientIds(text: string): ReadClientIds {
  const cells = text
    .split(/\r?\n/)
    .flatMap((line) => line.split(/[,;\t]/)[0] ?? [])
    .map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"))
    .filter((cell) => cell !== "");
  const [first, ...rest] = cells;
  const values = first && /^client[ _-]?id$/i.test(first) ? rest : cells;
  const clientIds = [...new Set(values.filter(isClientId))];
  return { clientIds, unreadable: values.filter((value) => !isClientId(value)).length };
}
