/** @typedef {ReturnType<typeof embeddedParts>} EmbeddedParts */
/** @typedef {Readonly<Record<string, string | undefined>>} Env */

/**
 * What the stack embeds, from the environment: whatever is given is not embedded. Practice accounts and keys are never made
 * unasked on a database that was given, which may hold real people; the fleet needs them and the embedded broker.
 * @param {Env} env
 */
export function embeddedParts(env) {
  const practice = env.PRACTICE ? env.PRACTICE !== "0" : !env.DATABASE_URL;
  const broker = !env.BROKER_NODES;
  const issuer = !env.DEVICE_JWKS_URL && !env.DEVICE_JWKS_FILE;
  return {
    database: !env.DATABASE_URL,
    "object store": !env.S3_ENDPOINT,
    broker,
    issuer,
    haproxy: broker && env.HAPROXY === "1",
    practice,
    fleet: practice && broker && issuer && env.FLEET !== "0",
  };
}
