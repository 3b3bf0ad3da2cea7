import type { OAuthConfig } from "next-auth/providers/oauth";
import { consoleMetrics } from "@/lib/http/metrics";
import { admitFromProvider } from "@/lib/operators/admit-from-provider";
import { recordRefusedSignIn, recordSignIn, type SignInRefusal } from "@/lib/operators/record-sign-in";
import type { Context } from "@/lib/rbac/context";
import { personOfClaims } from "./provider-claims";
import type { ConfiguredProvider } from "./provider-env";

/** What next-auth is handed of a sign-in at the provider. */
export type ProvidedUser = { id: string; sessionId: string } | { id: string; refused: SignInRefusal };

// How long discovery, the exchange of the code and the provider's keys may each take.
const TIMEOUT_MS = 10_000;

/**
 * The identity provider as next-auth wants it: Authorization Code with PKCE, state and nonce, everything else discovered. The ID token's
 * signature, issuer, audience, expiry and nonce are checked by openid-client before `profile` sees a claim.
 */
export function identityProvider(
  env: ConfiguredProvider,
  { ctx, device }: { ctx: Context; device: string },
): OAuthConfig<Record<string, unknown>> {
  return {
    id: "oidc",
    name: env.OIDC_NAME,
    type: "oauth",
    wellKnown: `${env.OIDC_ISSUER}/.well-known/openid-configuration`,
    clientId: env.OIDC_CLIENT_ID,
    // A public client proves itself by PKCE alone.
    ...(env.OIDC_CLIENT_SECRET
      ? { clientSecret: env.OIDC_CLIENT_SECRET }
      : { client: { token_endpoint_auth_method: "none" } }),
    authorization: {
      params: {
        scope: env.OIDC_SCOPE,
        ...(env.OIDC_ACR.length > 0 ? { acr_values: env.OIDC_ACR.join(" ") } : {}),
      },
    },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    httpOptions: { timeout: TIMEOUT_MS },
    userinfo: {
      // Many providers say groups in the user info only; what the signed token says comes first.
      request: async ({ client, tokens }) => {
        const checked = tokenSetOf(tokens);
        // Given the whole set, openid-client refuses user info of another subject (OpenID Connect Core 5.3.2).
        const said = client.issuer.metadata.userinfo_endpoint ? await client.userinfo(checked) : {};
        return { ...said, ...checked.claims() };
      },
    },
    profile: (claims) => admit(ctx, { claims, device, env }),
  };
}

type AskUserInfo = Extract<OAuthConfig<object>["userinfo"], { request?: unknown }>["request"];
type OpenIdClient = Parameters<NonNullable<AskUserInfo>>[0]["client"];
type TokenSet = Exclude<Parameters<OpenIdClient["userinfo"]>[0], string>;

// openid-client's own, whose ID token is checked by now; next-auth's types know only what it is made of.
const tokenSetOf = (tokens: object): TokenSet => tokens as TokenSet;

async function admit(
  ctx: Context,
  { claims, device, env }: { claims: unknown; device: string; env: ConfiguredProvider },
): Promise<ProvidedUser> {
  const person = personOfClaims(claims, env);
  const admitted =
    "refused" in person ? { refused: person.refused, operatorId: null } : await admitFromProvider(ctx, person);
  if (admitted.refused !== null) {
    consoleMetrics().signIns.inc({ result: "refused" });
    await recordRefusedSignIn(ctx, { operatorId: admitted.operatorId, cause: admitted.refused });
    return { id: "refused", refused: admitted.refused };
  }
  consoleMetrics().signIns.inc({ result: "accepted" });
  const { operator } = admitted;
  return { id: operator.id, sessionId: await recordSignIn(ctx, { operator, method: "provider", device }) };
}
