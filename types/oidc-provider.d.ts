// The part of oidc-provider that e2e/identity-provider.ts and test/issuer/token-provider.ts use; the package has no types of its own.
declare module "oidc-provider" {
  import type { Server } from "node:http";

  interface Account {
    accountId: string;
    claims: () => Record<string, unknown> & { sub: string };
  }

  interface Client {
    clientId: string;
  }

  interface Request {
    path: string;
    query: Record<string, string | string[] | undefined>;
    body: unknown;
  }

  interface Model {
    /** Its identifier, or the token itself. */
    save: () => Promise<string>;
  }

  export default class Provider {
    constructor(
      issuer: string,
      configuration: {
        clients: readonly Record<string, unknown>[];
        claims?: Readonly<Record<string, readonly string[]>>;
        pkce?: { required: () => boolean };
        cookies?: { keys: readonly string[] };
        features?: Readonly<Record<string, { enabled: boolean }>>;
        ttl?: Readonly<Record<string, number>>;
        findAccount: (context: unknown, id: string) => Account;
      },
    );
    use(middleware: (ctx: Request, next: () => Promise<void>) => Promise<void>): void;
    listen(port: number, host: string, onListening: () => void): Server;
    readonly Client: { find: (clientId: string) => Promise<Client | undefined> };
    readonly Grant: new (of: { accountId: string; clientId: string }) => Model & {
      addOIDCScope: (scope: string) => void;
    };
    readonly AccessToken: new (of: Record<string, unknown>) => Model;
  }
}
