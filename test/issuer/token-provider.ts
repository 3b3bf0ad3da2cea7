// An issuer of opaque access tokens as a process of its own: `oidc-provider` with introspection and revocation, and one more path that gives out
// tokens as a sign-in would.
import Provider from "oidc-provider";

const [port = "", clientSecret = ""] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "liveconnect",
      client_secret: clientSecret,
      redirect_uris: ["http://127.0.0.1/callback"],
    },
  ],
  features: { introspection: { enabled: true }, revocation: { enabled: true } },
  ttl: { AccessToken: 600 },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

provider.use(async (ctx, next) => {
  if (ctx.path !== "/give") return next();
  const client = await provider.Client.find("liveconnect");
  if (!client) throw new Error("the client is configured above");
  const accountId = String(ctx.query.person);
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope("openid");
  const grantId = await grant.save();
  const token = new provider.AccessToken({
    accountId,
    client,
    grantId,
    gty: "authorization_code",
    scope: "openid",
    claims: {},
  });
  ctx.body = await token.save();
});

provider.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
