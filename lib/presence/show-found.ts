import { markClientId, markName, markPhone, markWholeName, markWholePhone } from "./mark-match";
import { STATES_BEST_FIRST } from "./person-state";
import type { FoundRow } from "./read-found";
import type { Reading } from "./read-search-text";
import type { FoundClient } from "./search-schemas";

/**
 * Found rows as they are shown: best state first, a person's clients together under the best of them, then the latest change;
 * names and numbers masked unless they are to be whole, with what was searched for marked. What is listed as newest keeps its order.
 */
export function showFound(
  rows: readonly FoundRow[],
  reading: Reading,
  { isWhole }: { isWhole: boolean },
): FoundClient[] {
  const ordered = reading.stage === "newest" ? rows : byState(rows);
  return ordered.map((row, n) => ({
    clientId: row.client_id,
    markedClientId: markClientId(row.client_id, reading),
    name: (isWhole ? markWholeName : markName)(row.name, reading),
    phoneNumber: (isWhole ? markWholePhone : markPhone)(row.phone_number, reading),
    samePerson: row.person_id !== null && ordered[n - 1]?.person_id === row.person_id,
    platform: row.platform,
    appVersion: row.app_version,
    deviceModel: row.device_model,
    session: row.clean_session ? "clean" : "persistent",
    state: row.state,
    since: instant(row.since_us),
    node: row.node,
    proofKind: row.proof_kind,
    proofAt: instant(row.proof_us),
    detail: row.detail,
    doubtedSince: row.doubted_us === null ? null : instant(row.doubted_us),
    flapping: row.flapping,
  }));
}

const instant = (us: number): string => new Date(us / 1_000).toISOString();

function byState(rows: readonly FoundRow[]): readonly FoundRow[] {
  const inOrder = rows.toSorted((a, b) => placeOf(a) - placeOf(b) || b.since_us - a.since_us);
  // A person stands where the first of their clients does.
  const firsts = new Map<string, number>();
  const person = (row: FoundRow): string => row.person_id ?? row.client_key;
  for (const [n, row] of inOrder.entries()) if (!firsts.has(person(row))) firsts.set(person(row), n);
  return inOrder.toSorted((a, b) => (firsts.get(person(a)) ?? 0) - (firsts.get(person(b)) ?? 0));
}

const placeOf = (row: FoundRow): number => STATES_BEST_FIRST.indexOf(row.state);
