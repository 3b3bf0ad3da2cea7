import { z } from "zod";

/** The environment of whoever reaches the object store; a process spreads this into its own environment object. */
export const objectStoreEnv = {
  S3_ENDPOINT: z.url(),
  S3_REGION: z.string().min(1),
  S3_BUCKET: z.string().min(1),
  S3_ACCESS_KEY_ID: z.string().min(1),
  S3_SECRET_ACCESS_KEY: z.string().min(1),
  /** Encryption asked for with every object, absent: AES256. `none` for a store that refuses to be asked (MinIO without a KMS). */
  S3_ENCRYPTION: z.enum(["AES256", "aws:kms", "none"]).optional(),
};

const schema = z.object(objectStoreEnv);

export type ObjectStoreEnv = z.output<typeof schema>;
