/** How long break-glass lasts. Design: "break-glass for 30 min". */
export const BREAK_GLASS_MINUTES = 30;

/** OWASP ASVS 4, 2.1.1 and 2.1.2: at least 12 characters, any of them; the longest is a bound on the work of hashing. */
export const PASSWORD_LENGTH = { least: 12, most: 128 } as const;

/** How many codes stand in for a lost authenticator app, each once. */
export const RECOVERY_CODES = 10;
