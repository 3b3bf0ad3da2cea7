// The style sheet that sonner brings in its script and puts into the page as an element (components/ui/toast-list.tsx); its nonce cannot be
// given. The element is put there empty first, which is asked about too. content-security-policy.test.ts compares both.
const EMPTY = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
const SONNER_STYLES = "'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='";

/**
 * The content security policy of a page: scripts and style elements by nonce only, nothing from elsewhere, no frames. Style attributes stay
 * allowed: charts, virtual tables and the headless components place things by them, and a nonce cannot cover an attribute.
 * In development React needs `eval` for its stacks, the reloader a WebSocket and style elements of its own.
 */
export function contentSecurityPolicy(page: { nonce: string; development: boolean; https: boolean }): string {
  const { nonce, development } = page;
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}' ${EMPTY} ${SONNER_STYLES}`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(page.https ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
