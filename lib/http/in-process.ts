/**
 * One `make()` a process for `name`, kept on globalThis: Next bundles a module several times (pages, routes, each reload in
 * development), and what holds connections or counts must exist once. The type is the caller's promise for that name.
 */
export function onceInProcess<T>(name: string, make: () => T): T {
  const key = Symbol.for(`liveconnect.${name}`);
  const kept = globalThis as unknown as Record<symbol, T | undefined>;
  return (kept[key] ??= make());
}
