/** What one node says of its cluster, and whether it answers us. */
export interface JudgedNode {
  name: string;
  /** Whether it answered our last look: a node that does not is silent or down, never split. */
  answers: boolean;
  /** The broker's own name of it; null while not known. */
  brokerName: string | null;
  /** Its newest list of the cluster by the broker's names; null when it gave none lately, so that it says nothing. */
  peers: readonly { name: string; running: boolean }[] | null;
}

/** By name, the nodes each split node is away from, by name. Nodes that are not split are absent. */
export type Splits = ReadonlyMap<string, readonly string[]>;

/**
 * Which nodes that both answer us do not see one another. One of the two saying so is enough; a node being unseen while it does not
 * answer us either is not a split. Where neither of a pair has spoken lately, what was known stays.
 */
export function judgeSplits(nodes: readonly JudgedNode[], before: Splits): Splits {
  const answering = nodes.filter((node) => node.answers && node.brokerName !== null);
  const splits = new Map<string, string[]>();
  for (const node of answering) {
    const away = answering.filter((other) => other !== node && isApart(node, other, before)).map((other) => other.name);
    if (away.length > 0) splits.set(node.name, away.toSorted());
  }
  return splits;
}

function isApart(node: JudgedNode, other: JudgedNode, before: Splits): boolean {
  const said = [sees(node, other), sees(other, node)].filter((each) => each !== null);
  if (said.length === 0) return before.get(node.name)?.includes(other.name) ?? false;
  return said.includes(false);
}

/** Null when it does not say: it gave no list, or the other is none of its cluster. */
const sees = (node: JudgedNode, other: JudgedNode): boolean | null =>
  node.peers?.find((peer) => peer.name === other.brokerName)?.running ?? null;

/** Of two judgements in a row, what both say: a node that joins is unseen by some for a moment, and that is not a split. */
export const confirmSplits = (now: Splits, before: Splits, known: Splits): Splits =>
  new Map(
    [...now].flatMap(([name, away]) => {
      const confirmed = away.filter((other) => before.get(name)?.includes(other) || known.get(name)?.includes(other));
      return confirmed.length > 0 ? [[name, confirmed] as const] : [];
    }),
  );

/** How the configured nodes and the cluster they tell of differ. */
export interface Membership {
  /** Broker names in a node's cluster that none of ours has: nobody watches them, nor hears their hooks. */
  notConfigured: string[];
  /** Configured nodes that answer but that no other one lists: they are a cluster of their own. */
  notInCluster: string[];
}

/**
 * Compares the configuration with what the nodes say. While the broker's name of a configured node is not known yet, a name nobody
 * has may be that node's, so nothing is called not configured.
 */
export function compareMembership(nodes: readonly JudgedNode[]): Membership {
  const ours = new Set(nodes.map((node) => node.brokerName));
  const listed = new Set(nodes.flatMap((node) => node.peers?.map((peer) => peer.name) ?? []));
  const notConfigured = ours.has(null) ? [] : [...listed].filter((name) => !ours.has(name)).toSorted();
  const speaking = nodes.filter((node) => node.answers && node.peers !== null);
  const notInCluster = speaking
    .filter((node) => speaking.length > 1 && node.brokerName !== null)
    .filter(
      (node) => !speaking.some((other) => other !== node && other.peers?.some(({ name }) => name === node.brokerName)),
    )
    .map((node) => node.name);
  return { notConfigured, notInCluster };
}
