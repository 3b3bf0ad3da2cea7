import { z } from "zod";
import { claimNamesSchema } from "./token-identity";

/** Signatures a token may have; never `none`, never one made with a shared secret. */
export const TOKEN_ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

/** What the practice issuer calls itself: its key lies in a data folder, so that anybody there can be anybody. */
export const PRACTICE_ISSUER = "https://practice.liveconnect.local";

const introspectionSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  clientSecret: z.string().min(16),
  /** How long a token goes on that was good, while the issuer does not answer. */
  staleSeconds: z.number().int().min(60).max(86_400).default(3_600),
});
/** How an issuer is asked about its tokens (RFC 7662). */
export type Introspection = z.output<typeof introspectionSchema>;

/**
 * Whose tokens devices may connect with. JWT by the issuer's keys, by URL or from a file; where there are none, and for tokens that are no
 * JWT, by asking the issuer.
 */
export const tokenIssuerSchema = z
  .strictObject({
    /** What its tokens say in `iss`; absent: any, which is for a single issuer. */
    issuer: z.string().min(1).optional(),
    /** What they say in `aud`; absent: not looked at. */
    audience: z.string().min(1).optional(),
    /** What it signs with: others are refused, whatever its key set holds. */
    algorithms: z
      .array(z.enum(TOKEN_ALGORITHMS))
      .min(1)
      .default([...TOKEN_ALGORITHMS]),
    jwksUrl: z.url({ protocol: /^https?$/ }).optional(),
    jwksFile: z.string().min(1).optional(),
    introspection: introspectionSchema.optional(),
    claims: claimNamesSchema.prefault({}),
  })
  .refine((issuer) => issuer.jwksUrl ?? issuer.jwksFile ?? issuer.introspection, {
    message: "needs jwksUrl, jwksFile or introspection",
  });
export type TokenIssuer = z.output<typeof tokenIssuerSchema>;

/** What an issuer is called in logs and metrics: its host, never a whole URL. */
export function issuerName({ issuer, jwksUrl, introspection }: TokenIssuer): string {
  const said = [issuer, jwksUrl, introspection?.url].find((text) => text !== undefined && URL.canParse(text));
  return said === undefined ? (issuer ?? "keys of a file") : new URL(said).host;
}
