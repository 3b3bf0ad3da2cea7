// The packages ship no types; only what main.ts uses.
declare module "@20minutes/s3rver" {
  interface KoaContext {
    path: string;
    query: Record<string, string | string[] | undefined>;
    body: unknown;
    status: number;
    get: (header: string) => string;
  }
  export default class S3rver {
    constructor(options: {
      address: string;
      port: number;
      directory: string;
      silent: boolean;
      configureBuckets: readonly { name: string; configs: readonly string[] }[];
    });
    middleware: ((ctx: KoaContext, next: () => Promise<void>) => Promise<void>)[];
    run(): Promise<unknown>;
    close(): Promise<void>;
  }
}

declare module "@20minutes/s3rver/lib/models/account.js" {
  interface Account {
    createKeyPair: (accessKeyId: string, secretAccessKey: string) => void;
    revokeAccessKey: (accessKeyId: string) => void;
  }
  const AWSAccount: { DUMMY_ACCOUNT: Account };
  export default AWSAccount;
}
