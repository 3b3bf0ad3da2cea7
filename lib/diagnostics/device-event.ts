import { z } from "zod";
import { LARGEST_MAX_BYTES } from "./schemas";

/** Events of a device that move a log request, contract 1. Others of the same client are none of this capability's. */
export const DEVICE_EVENT_TYPES = [
  "logs.accepted",
  "logs.declined",
  "logs.progress",
  "logs.uploaded",
  "logs.failed",
  "upload.expired",
  "unsupported",
] as const;
export type DeviceEventType = (typeof DEVICE_EVENT_TYPES)[number];

export const isLogEvent = (type: string): boolean => (DEVICE_EVENT_TYPES as readonly string[]).includes(type);

const reason = z.string().nullish().catch(null);

/** Bodies as devices send them; more fields than these are ignored. */
export const deviceEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("logs.accepted"),
    bytes: z.int().min(0).max(LARGEST_MAX_BYTES),
    /** Of exactly the bytes that will be put, in hex. */
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/)
      .transform((hex) => hex.toLowerCase()),
  }),
  z.object({ type: z.literal("logs.declined"), reason }),
  z.object({ type: z.literal("logs.progress"), sentBytes: z.int().min(0) }),
  z.object({ type: z.literal("logs.uploaded") }),
  z.object({ type: z.literal("logs.failed"), reason }),
  z.object({ type: z.literal("upload.expired") }),
  z.object({ type: z.literal("unsupported") }),
]);

export type DeviceEventBody = z.output<typeof deviceEventSchema>;
