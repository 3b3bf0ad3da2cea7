import { idsOf } from "./id-ranges";
import type { AuditBreak } from "./schemas";
import { DIGEST_BYTES, digestOfRow, headOf, NO_HEAD, type SealContent, type SealedRow } from "./seal-content";

export interface Seal extends SealContent {
  head: Buffer;
}

/** How a seal does not follow from the one before it; null when it does. `before` is null for the first. */
export function compareWithBefore(seal: Seal, before: Seal | null): AuditBreak | null {
  const expected = (before?.number ?? 0) + 1;
  if (seal.number !== expected) return { kind: "sealMissing", seal: expected };
  if (!headOf(seal).equals(seal.head)) return { kind: "sealChanged", seal: seal.number };
  if (!seal.previousHead.equals(before?.head ?? NO_HEAD)) return { kind: "chainBroken", seal: seal.number };
  return null;
}

/**
 * How the rows that are there differ from those a seal vouches for, by id: missing, changed, or moved (it holds what was sealed
 * as another row of the same seal).
 */
export function compareRows(seal: Seal, rows: ReadonlyMap<number, SealedRow>): AuditBreak[] {
  const ids = idsOf(seal.ids, seal.digests.length / DIGEST_BYTES);
  const sealed = ids.map((id, i) => ({ id, digest: digestAt(seal, i) }));
  const sealedAs = new Map(sealed.map(({ id, digest }) => [digest, id]));
  return sealed.flatMap(({ id, digest }): AuditBreak[] => {
    const row = rows.get(id);
    if (!row) return [{ kind: "rowMissing", id, seal: seal.number }];
    const found = digestOfRow(row).toString("hex");
    if (found === digest) return [];
    const other = sealedAs.get(found);
    return other === undefined
      ? [{ kind: "rowChanged", id, seal: seal.number }]
      : [{ kind: "rowMoved", id, sealedAs: other, seal: seal.number }];
  });
}

const digestAt = (seal: Seal, i: number): string =>
  seal.digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES).toString("hex");
