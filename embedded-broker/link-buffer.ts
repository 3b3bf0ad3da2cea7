// VerneMQ's outgoing_clustering_buffer_size: bytes kept for a node that cannot be reached.
const MAX_BUFFER_BYTES = 10_000;

interface Waiting {
  bytes: number;
  deliver: () => void;
}

/** Messages on their way from one node to another it cannot reach now. What does not fit is dropped, the newest first. */
export class LinkBuffer {
  private readonly links = new Map<string, Waiting[]>();

  /** False when it was dropped. */
  keep(link: { from: string; to: string }, message: Waiting): boolean {
    const waiting = this.links.get(keyOf(link)) ?? [];
    const bytes = waiting.reduce((sum, each) => sum + each.bytes, 0);
    if (bytes + message.bytes > MAX_BUFFER_BYTES) return false;
    this.links.set(keyOf(link), [...waiting, message]);
    return true;
  }

  /** Delivers what waited, in order. */
  flush(link: { from: string; to: string }): void {
    const waiting = this.links.get(keyOf(link)) ?? [];
    this.links.delete(keyOf(link));
    for (const { deliver } of waiting) deliver();
  }

  /** What waited in a node that ends is lost. */
  forget(from: string): void {
    for (const key of this.links.keys()) if (key.startsWith(`${from} `)) this.links.delete(key);
  }
}

const keyOf = ({ from, to }: { from: string; to: string }): string => `${from} ${to}`;
