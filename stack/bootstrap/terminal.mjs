import { Halt } from "./halt.mjs";

const live = process.stdout.isTTY === true;
const NAME_WIDTH = 44;

// A terminal that was closed takes no more lines; that must not keep the rest from ending in order.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

/** @param {number} ms */
export const duration = (ms) => (ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

/** @param {string} [text] */
export const say = (text = "") => console.log(text);

/**
 * Shows one step as a line with what and how long. On a terminal the line counts while the work goes on; elsewhere it is
 * written once, at the end.
 * @template T
 * @param {string} name
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const start = Date.now();
  const line = () => `  ${name.padEnd(NAME_WIDTH, " ")} ${duration(Date.now() - start).padStart(7)}`;
  const ticker = live ? setInterval(() => process.stdout.write(`\r${line()}`), 200) : null;
  if (live) process.stdout.write(`  ${name} …`);
  try {
    const result = await work();
    process.stdout.write(`${live ? "\r" : ""}${line()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${live ? "\r" : ""}${line()}  failed\n`);
    throw error;
  } finally {
    if (ticker) clearInterval(ticker);
  }
}

/**
 * Says why nothing goes on: a sentence for what the reader can mend, a trace for what is ours.
 * @param {unknown} error
 */
export function failed(error) {
  if (error instanceof Halt) console.error(`\n${error.message}\n`);
  else console.error("\nSomething unforeseen failed:\n", error);
}
