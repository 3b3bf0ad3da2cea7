/**
 * The content security policy of a page: scripts by nonce only, nothing from elsewhere, no frames. Style attributes stay
 * allowed: charts, virtual tables and the headless components place things by them, and a nonce cannot cover an attribute.
 * In development React needs `eval` for its stacks and the reloader a WebSocket.
 */
export function contentSecurityPolicy(page: { nonce: string; development: boolean; https: boolean }): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${page.nonce}' 'strict-dynamic'${page.development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${page.development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(page.https ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
