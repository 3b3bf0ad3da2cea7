import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/** What a fleet needs of a stack on this machine, read from the stack's data folder. */
export interface StackFolder {
  issuerKeyFile: string;
  issuer: string;
  audience: string;
  /** Of the practice service, for the publisher's API. */
  apiKey: string;
  /** For the fleet's own files. */
  fleetFolder: string;
  truthFolder: string;
}

const secretsSchema = z.object({ practiceApiKey: z.string() });

// As the stack's practice issuer signs; an outsider knows them from its documentation, not from its code.
const PRACTICE_ISSUER = "https://practice.liveconnect.local";
const PRACTICE_AUDIENCE = "liveconnect";

/** Throws saying what to do when no stack has ever run on the folder. */
export async function readStackFolder(folder: string): Promise<StackFolder> {
  const secretsFile = path.join(folder, "secrets.json");
  const text = await readFile(secretsFile, "utf8").catch((cause: unknown) => {
    throw new Error(`There is no stack in ${folder}: start one (npm start), or name its folder with --data`, { cause });
  });
  return {
    issuerKeyFile: path.join(folder, "practice", "issuer-key.json"),
    issuer: process.env.DEVICE_TOKEN_ISSUER || PRACTICE_ISSUER,
    audience: process.env.DEVICE_TOKEN_AUDIENCE || PRACTICE_AUDIENCE,
    apiKey: secretsSchema.parse(JSON.parse(text)).practiceApiKey,
    fleetFolder: path.join(folder, "fleet"),
    truthFolder: path.join(folder, "truth"),
  };
}
