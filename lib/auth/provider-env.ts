import { z } from "zod";
import { json, readEnv } from "@/lib/env/read-env";
import { onceInProcess } from "@/lib/http/in-process";

const list = z
  .string()
  .default("")
  .transform((text) => text.split(/[\s,]+/).filter(Boolean));

const providerEnvSchema = z.object({
  /** Discovered at `<issuer>/.well-known/openid-configuration`; without it there are local accounts only. */
  OIDC_ISSUER: z.url().optional(),
  OIDC_CLIENT_ID: z.string().default("liveconnect"),
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** What its button says. */
  OIDC_NAME: z.string().max(40).default("SSO"),
  OIDC_SCOPE: z.string().default("openid email profile"),
  /** Where an ID token or the user info lists someone's groups. */
  OIDC_GROUPS_CLAIM: z.string().default("groups"),
  /** Group → role, the first that fits: {"sre":"oncall"}. Empty: only accounts that were invited here, with the role they have here. */
  OIDC_ROLES: json(z.record(z.string(), z.string())).prefault("{}"),
  /** One of these must be the sign-in's `acr`; they are asked for too. */
  OIDC_ACR: list,
  /** One of these must be among the sign-in's `amr`, e.g. mfa (RFC 8176). */
  OIDC_AMR: list,
});

export type ProviderEnv = z.output<typeof providerEnvSchema>;
export type ConfiguredProvider = ProviderEnv & { OIDC_ISSUER: string };

/** The identity provider people sign in with; null when there is none. Throws when it is half configured. */
export const configuredProvider = (): ConfiguredProvider | null =>
  onceInProcess<{ env: ConfiguredProvider | null }>("provider-env", () => {
    const env = readEnv(providerEnvSchema);
    return { env: env.OIDC_ISSUER ? { ...env, OIDC_ISSUER: env.OIDC_ISSUER.replace(/\/$/, "") } : null };
  }).env;
