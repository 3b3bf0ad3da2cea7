// The part of oidc-provider that e2e/identity-provider.ts uses; the package has no types of its own.
declare module "oidc-provider" {
  import type { Server } from "node:http";

  interface Account {
    accountId: string;
    claims: () => Record<string, unknown> & { sub: string };
  }

  export default class Provider {
    constructor(
      issuer: string,
      configuration: {
        clients: readonly Record<string, unknown>[];
        claims: Readonly<Record<string, readonly string[]>>;
        pkce: { required: () => boolean };
        cookies: { keys: readonly string[] };
        findAccount: (context: unknown, id: string) => Account;
      },
    );
    listen(port: number, host: string, onListening: () => void): Server;
  }
}
