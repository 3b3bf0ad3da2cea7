/**
 * Resolves once the browser has loaded what the page's first sight needs; on the server at once. For parts that are drawn by the server
 * but whose code can come after: `lazy(() => afterLoad().then(() => import("./part")))`.
 */
export function afterLoad(): Promise<void> {
  if (typeof document === "undefined" || document.readyState === "complete") return Promise.resolve();
  return new Promise((resolve) => window.addEventListener("load", () => resolve(), { once: true }));
}
