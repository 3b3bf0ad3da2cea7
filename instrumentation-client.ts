/**
 * Runs before the page does, and tells packages what its content security policy means for them, by the globals they read: those that put style
 * elements into it (react-remove-scroll, under every dialog) take its nonce, and zod does not try whether it may make functions of text.
 */
Object.assign(globalThis, {
  __webpack_nonce__: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce,
  __zod_globalConfig: { jitless: true },
});
