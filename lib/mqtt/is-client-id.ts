/** The contract's charset: anything else would reach other people's topics (`+`, `#`) or the broker's filters (`~`). */
export const CLIENT_ID_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;

/** Whether a text is a client identifier of the contract. Without zod, so that a page can ask at each key. */
export const isClientId = (text: string): boolean => CLIENT_ID_PATTERN.test(text);
