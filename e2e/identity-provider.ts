// An identity provider as a process of its own: `oidc-provider` with a few people, who sign in by their name and any password.
import Provider from "oidc-provider";

const [port = "", consoleUrl = ""] = process.argv.slice(2);

const PEOPLE: Record<string, { name: string; groups: string[]; email_verified?: boolean }> = {
  rani: { name: "Rani Wijaya", groups: ["kitchen", "sre"] },
  tamu: { name: "Tamu Biasa", groups: ["kitchen"] },
  wati: { name: "Wati Lestari", groups: ["sre"], email_verified: false },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "liveconnect",
      client_secret: "a secret between the console and its provider",
      redirect_uris: [`${consoleUrl}/api/auth/callback/oidc`],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  pkce: { required: () => true },
  cookies: { keys: ["a key of this test"] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => {
      const person = PEOPLE[id] ?? { name: id, groups: [] };
      return { sub: id, email: `${id}@id.example`, email_verified: true, ...person };
    },
  }),
});

provider.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
