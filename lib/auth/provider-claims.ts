import { z } from "zod";
import type { SignInRefusal } from "@/lib/operators/record-sign-in";
import { legible } from "@/lib/format/kept-text";
import type { ProviderEnv } from "./provider-env";

const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  email: z.string().trim().toLowerCase().max(254).pipe(z.email()).optional().catch(undefined),
  // Some providers write it as a word.
  email_verified: z.union([z.boolean(), z.literal("true").transform(() => true)]).catch(false),
  name: z.string().overwrite(legible).trim().max(80).optional().catch(undefined),
  acr: z.string().optional().catch(undefined),
  amr: z.array(z.string()).catch([]),
});

/** Who the provider says someone is, as far as we go by it. */
export interface ProvidedPerson {
  /** Issuer and subject: what stays the same when names and e-mails change. */
  subject: string;
  /** Only one the provider vouches for. */
  verifiedEmail: string | null;
  name: string | null;
  /** By their groups; null where groups give no roles here. */
  role: string | null;
}

/** Reads the claims of a checked ID token (and its user info) against what we ask for. */
export function personOfClaims(
  given: unknown,
  env: Pick<ProviderEnv, "OIDC_GROUPS_CLAIM" | "OIDC_ROLES" | "OIDC_ACR" | "OIDC_AMR">,
): ProvidedPerson | { refused: SignInRefusal } {
  const claims = claimsSchema.parse(given);
  const acrFits = env.OIDC_ACR.length === 0 || env.OIDC_ACR.includes(claims.acr ?? "");
  const amrFits = env.OIDC_AMR.length === 0 || env.OIDC_AMR.some((method) => claims.amr.includes(method));
  if (!acrFits || !amrFits) return { refused: "weakSignIn" };
  const groups = z.array(z.string()).catch([]).parse(claims[env.OIDC_GROUPS_CLAIM]);
  const mapped = Object.entries(env.OIDC_ROLES);
  const role = mapped.find(([group]) => groups.includes(group))?.[1] ?? null;
  if (mapped.length > 0 && role === null) return { refused: "noRole" };
  return {
    subject: `${claims.iss}|${claims.sub}`,
    verifiedEmail: claims.email_verified ? (claims.email ?? null) : null,
    name: claims.name || null,
    role,
  };
}
