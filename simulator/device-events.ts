import { z } from "zod";

/** What a device publishes on its `…/events` topic: an answer to a command, or a report of its own. */
export interface DeviceEvent {
  type: string;
  /** The device's clock, ISO 8601. */
  at: string;
  /** The command it answers. */
  commandId?: string;
  readonly [field: string]: unknown;
}

const instant = z.iso.datetime({ offset: true });

/** An event before it is addressed and dated. */
export interface Answer {
  type: string;
  readonly [field: string]: unknown;
}

/** What every command has; enough to answer `unsupported`. */
export const commandEnvelopeSchema = z.looseObject({
  id: z.string().min(1).max(128),
  type: z.string().min(1).max(64),
});

const uploadSchema = z.object({
  method: z.literal("PUT"),
  url: z.url(),
  headers: z.record(z.string(), z.string()).default({}),
});

/** Where to PUT a prepared log. The URL is a credential: never log it. */
export type Upload = z.output<typeof uploadSchema>;

/** The commands this agent knows, contract 1. */
export const commandSchema = z.discriminatedUnion("type", [
  z.object({ id: z.string(), type: z.literal("ping") }),
  z.object({ id: z.string(), type: z.literal("logs.list") }),
  z.object({
    id: z.string(),
    type: z.literal("logs.upload"),
    expiresAt: instant.nullish(),
    from: instant.nullish(),
    to: instant.nullish(),
    maxBytes: z.number().int().positive(),
    onlyFailed: z.boolean().default(false),
    wifiOnly: z.boolean().default(false),
  }),
  z.object({ id: z.string(), type: z.literal("logs.put"), upload: uploadSchema }),
  z.object({ id: z.string(), type: z.literal("logs.cancel") }),
]);
export type Command = z.output<typeof commandSchema>;
