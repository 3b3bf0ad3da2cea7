import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { DIGEST_BYTES } from "./seal-content";

/** The head of a seal as it was told to the object store: whoever changes the database alone cannot change it. */
export interface Anchor {
  seal: number;
  /** Hexadecimal. */
  head: string;
}

const PREFIX = "audit-anchors/";
// Numbers of the same length, so that the store's order of names is theirs: sixteen digits reach 2^53.
const SEAL_DIGITS = 16;
const NAME = new RegExp(`^${PREFIX}(\\d{${SEAL_DIGITS}})-([0-9a-f]{${DIGEST_BYTES * 2}})$`);

const keyOf = ({ seal, head }: Anchor): string => `${PREFIX}${String(seal).padStart(SEAL_DIGITS, "0")}-${head}`;

/**
 * Machine write by the clock: the newest head becomes an object whose name says it all, once; null while nothing is sealed. Objects are
 * only added, so the bucket may refuse to change or remove them (object lock). Safe to call twice.
 */
export async function anchorHead(ctx: Context, store: ObjectStore): Promise<Anchor | null> {
  const { rows } = await ctx.db.pool.query<Anchor & { at: Date }>(
    "select number as seal, encode(head, 'hex') as head, at from audit_seals order by number desc limit 1",
  );
  const [last] = rows;
  if (!last) return null;
  const { at, ...anchor } = last;
  const key = keyOf(anchor);
  if (await store.head(key)) return anchor;
  const told = { ...anchor, sealedAt: at.toISOString(), anchoredAt: ctx.now().toISOString() };
  await store.putText({ key, text: `${JSON.stringify(told)}\n`, contentType: "application/json" });
  return anchor;
}

/** Every anchor, by seal; a request for each thousand. Two of one seal with different heads are two anchors. */
export async function listAnchors(store: ObjectStore): Promise<Anchor[]> {
  const anchors: Anchor[] = [];
  for (let keys = await store.list({ prefix: PREFIX, after: "" }); keys.length > 0;) {
    for (const key of keys) {
      const [, seal, head] = NAME.exec(key) ?? [];
      if (seal !== undefined && head !== undefined) anchors.push({ seal: Number(seal), head });
    }
    keys = await store.list({ prefix: PREFIX, after: keys.at(-1) ?? "" });
  }
  return anchors;
}
