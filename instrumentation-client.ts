/**
 * Runs before the page does: packages that put style elements into it (react-remove-scroll, under every dialog) take the page's nonce from this
 * global, so that its content security policy lets them.
 */
Object.assign(globalThis, { __webpack_nonce__: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce });
