// Enough to understand a call; a body beyond it is cut.
const LONGEST_TEXT = 4_000;
const DEEPEST = 24;
// Of one entry, at all depths together.
const MOST_MEMBERS = 5_000;

type Container = { kind: "object"; value: Map<string, unknown> } | { kind: "array"; value: unknown[] };

interface Open {
  container: Container;
  /** The key the next value belongs to. */
  key: string;
}

interface Token {
  name: string;
  value?: unknown;
}

/**
 * Builds the entries of a HAR out of tokens, one at a time, and forgets each once it is given. Texts, lists and depth are bounded while
 * they are read: what is beyond is passed over.
 * States: outside (looking for `log.entries`) → inside an entry (building) → outside.
 */
export class HarTree {
  private readonly stack: Open[] = [];
  private tooDeep = 0;
  private text = "";
  private members = 0;

  /** Takes one token; gives an entry when it ends it, else null. */
  take({ name, value }: Token): unknown {
    switch (name) {
      case "startObject":
        return this.open({ kind: "object", value: new Map() });
      case "startArray":
        return this.open({ kind: "array", value: [] });
      case "endObject":
      case "endArray":
        return this.close();
      case "startKey":
      case "startString":
      case "startNumber":
        this.text = "";
        return null;
      case "stringChunk":
      case "numberChunk":
        if (this.text.length <= LONGEST_TEXT) this.text += String(value);
        return null;
      case "endKey":
        this.setKey(this.cutText());
        return null;
      case "endString":
        return this.put(this.cutText());
      case "endNumber":
        return this.put(Number(this.text));
      case "trueValue":
        return this.put(true);
      case "falseValue":
        return this.put(false);
      case "nullValue":
        return this.put(null);
      default:
        return null;
    }
  }

  private cutText(): string {
    return this.text.length > LONGEST_TEXT ? `${this.text.slice(0, LONGEST_TEXT)}…` : this.text;
  }

  private setKey(key: string): void {
    const top = this.stack.at(-1);
    if (top && this.tooDeep === 0) top.key = key;
  }

  private open(container: Container): null {
    if (this.tooDeep > 0 || this.stack.length >= DEEPEST) this.tooDeep += 1;
    else this.stack.push({ container, key: "" });
    return null;
  }

  private close(): unknown {
    if (this.tooDeep > 0) {
      this.tooDeep -= 1;
      return null;
    }
    const closed = this.stack.pop();
    if (!closed) return null;
    const { kind, value } = closed.container;
    return this.put(kind === "object" ? Object.fromEntries(value) : value);
  }

  /** Gives the value when it is an entry; else it becomes a part of the entry that is being built; outside of entries nothing is kept. */
  private put(value: unknown): unknown {
    const top = this.stack.at(-1);
    if (!top || this.tooDeep > 0 || !this.isInEntries()) return null;
    if (this.stack.length === 3) {
      this.members = 0;
      return value ?? {};
    }
    this.members += 1;
    if (this.members > MOST_MEMBERS) return null;
    const { container, key } = top;
    if (container.kind === "array") container.value.push(value);
    else container.value.set(key, value);
    return null;
  }

  private isInEntries(): boolean {
    const [root, log, list] = this.stack;
    return root?.key === "log" && log?.key === "entries" && list?.container.kind === "array";
  }
}
