import { isUtf8 } from "node:buffer";
import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CallTargets, LEFT, type Block } from "./call-targets";
import { placesOf } from "./fold-endpoints";
import { endpointsOf, type LearntTargets } from "./keep-targets";
import { lineBlocks } from "./line-blocks";
import { endOfPlainCall } from "./plain-call";

/** Whether a file is of plain calls alone, and where they went if that was learnt. */
export interface PlainRead {
  isPlain: boolean;
  learnt: LearntTargets | null;
}

const SHORTEST_PLAIN = '{"t":"2026-11-19T14:00:00Z","method":"GET","url":"/"}\n';

// What is left is read twice: of more than this share, it is cheaper to learn nothing; of so few lines, it does not matter.
const MOST_LEFT = 1 / 32;
const FEW_LINES = 1_000;
// Where no place is to be folded by then, there mostly is none: it costs the same to learn nothing, and to look once all is written.
const TELLING_LINES = 20_000;

/**
 * Tells whether all lines of a file are plain calls, no further than the first that is none, and learns where they went where `learns`
 * says so; the lines that are left to DuckDB become the file `left`. Nothing is learnt where that is not worth it: too many are left, or no
 * identifier seems to look like a word. Two bytes a line stay in memory.
 */
export async function readPlainCalls(files: { from: string; left: string; learns: boolean }): Promise<PlainRead> {
  const { size } = await stat(files.from);
  const reading = new Reading(Math.floor(size / SHORTEST_PLAIN.length) + 1, files);
  await pipeline(Readable.from(leftLines(files.from, reading)), createWriteStream(files.left));
  return { isPlain: reading.isPlain, learnt: reading.learnt() };
}

async function* leftLines(from: string, reading: Reading): AsyncGenerator<Buffer> {
  for await (const bytes of lineBlocks(from)) {
    yield* reading.read(bytes);
    if (!reading.isPlain) return;
  }
}

class Reading {
  isPlain = true;
  private readonly endOf = endOfPlainCall();
  private readonly calls = new CallTargets();
  private readonly numbers: Uint16Array;
  private learns: boolean;
  private lines = 0;
  private left = 0;
  private hasPlaces: boolean | null = null;

  constructor(mostLines: number, { learns }: { learns: boolean }) {
    this.numbers = new Uint16Array(mostLines);
    this.learns = learns;
  }

  /** Reads lines up to the first that is no plain call, and gives those that are left. */
  read(bytes: Buffer): Buffer[] {
    this.isPlain = isUtf8(bytes);
    const block = { bytes, text: bytes.toString("latin1") };
    const left: Buffer[] = [];
    for (let start = 0; this.isPlain && start < bytes.length;) {
      const end = this.endOf(block.text, start);
      this.isPlain = end > start;
      if (this.isPlain && this.learns && this.numberOf(block, start) === LEFT)
        left.push(Buffer.from(bytes.subarray(start, end)));
      start = end;
    }
    this.left += left.length;
    this.learns &&= this.isWorthIt();
    return left;
  }

  private numberOf(block: Block, start: number): number {
    const number = this.calls.numberOf(block, start);
    this.numbers[this.lines] = number;
    this.lines += 1;
    return number;
  }

  private isWorthIt(): boolean {
    if (this.lines >= TELLING_LINES) this.hasPlaces ??= placesOf(endpointsOf(this.calls.targets)).length > 0;
    return this.hasPlaces !== false && this.left <= Math.max(FEW_LINES, this.lines * MOST_LEFT);
  }

  learnt(): LearntTargets | null {
    return this.isPlain && this.learns && this.lines > 0
      ? { targets: this.calls.targets, numbers: this.numbers.subarray(0, this.lines) }
      : null;
  }
}
