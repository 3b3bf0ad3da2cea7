import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";

/** What a provider, or somebody in its place, may get wrong in an ID token. */
export type Flaw =
  "none" | "nonce" | "audience" | "issuer" | "expired" | "signature" | "algorithm" | "subject of user info";

/**
 * An OpenID provider in the spec's own process, which signs everyone in as one person of the group sre and, when told to, answers with
 * one flaw. It takes a code only with the verifier of its challenge (RFC 7636).
 */
export async function startForgingProvider(port: number): Promise<{ server: Server; setFlaw: (flaw: Flaw) => void }> {
  const issuer = `http://127.0.0.1:${port}`;
  const [ours, foreign] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: "one", alg: "RS256", use: "sig" };
  let flaw: Flaw = "none";
  const asked = { nonce: "", challenge: "" };

  const idToken = async (): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000);
    const claims: JWTPayload = {
      sub: "budi",
      email: "budi@id.example",
      email_verified: true,
      name: "Budi Santoso",
      groups: ["sre"],
      nonce: flaw === "nonce" ? "another" : asked.nonce,
      iss: flaw === "issuer" ? "https://evil.example" : issuer,
      aud: flaw === "audience" ? "another-client" : "liveconnect",
      iat: flaw === "expired" ? now - 7_200 : now,
      exp: flaw === "expired" ? now - 3_600 : now + 300,
    };
    if (flaw === "algorithm") {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
      return `${part({ alg: "none" })}.${part(claims)}.`;
    }
    const key = flaw === "signature" ? foreign.privateKey : ours.privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(key);
  };

  const answers: Record<string, (url: URL, body: URLSearchParams) => Promise<object | { location: string }>> = {
    "/.well-known/openid-configuration": async () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    }),
    "/jwks": async () => ({ keys: [jwk] }),
    "/auth": async ({ searchParams }) => {
      asked.nonce = searchParams.get("nonce") ?? "";
      asked.challenge = searchParams.get("code_challenge") ?? "";
      const back = new URL(searchParams.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code: "a-code", state: searchParams.get("state") ?? "" }).toString();
      return { location: back.href };
    },
    "/token": async (_url, body) => {
      const challenge = createHash("sha256")
        .update(body.get("code_verifier") ?? "")
        .digest("base64url");
      if (challenge !== asked.challenge || challenge === "") throw new Error("The verifier is not the challenge's");
      return { access_token: "an-access-token", token_type: "Bearer", id_token: await idToken() };
    },
    "/me": async () => ({ sub: flaw === "subject of user info" ? "somebody-else" : "budi", groups: ["sre"] }),
  };

  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? "/", issuer);
    try {
      const answer = await answers[url.pathname]?.(url, new URLSearchParams(body));
      if (answer && "location" in answer) response.writeHead(302, { location: String(answer.location) }).end();
      else response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch {
      response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_grant"}');
    }
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, setFlaw: (next) => (flaw = next) };
}
