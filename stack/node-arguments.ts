/**
 * For Node, where requests are answered: every request leaves some kB of garbage that dies at once. In V8's usual young
 * generation of 16 MB some of it is copied before it dies; in one of 64 MB next to none (bench/hooks.bench.ts: a quarter less processor
 * time; bench/publish.bench.ts: a tenth; bench/search.bench.ts, over HTTP: a quarter of the time).
 */
export const REQUEST_NODE_ARGUMENTS: readonly string[] = ["--max-semi-space-size=64"];
