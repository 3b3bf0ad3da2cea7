/** RE2, without quotes, of endpoints where apps get a new token: /auth/refresh, /oauth2/token, /v1/session/renew. Upper and lower case alike. */
export const REFRESH_PATTERN = "(refresh|renew|oauth[0-9]?/token|auth/token)";
