import { z } from "zod";
import { LARGEST_MAX_BYTES } from "./schemas";

/**
 * Events of a device that move a log request, contract 1, in the order of its life: what came together is acted on in this order,
 * however it was delivered. Others of the same client are none of this capability's.
 */
export const DEVICE_EVENT_TYPES = [
  "unsupported",
  "logs.listed",
  "logs.declined",
  "logs.accepted",
  "logs.progress",
  "upload.expired",
  "logs.uploaded",
  "logs.failed",
  "logs.cancelled",
] as const;
export type DeviceEventType = (typeof DEVICE_EVENT_TYPES)[number];

export const isLogEvent = (type: string): boolean => (DEVICE_EVENT_TYPES as readonly string[]).includes(type);

/** Reasons of `logs.declined` that pass: the phone is asked again. */
export const PASSING_REASONS: readonly string[] = ["busy", "not-on-wifi"];

const reason = z.string().nullish().catch(null);

// A ring of a few files is usual; what a phone lists beyond this is not kept.
const MOST_FILES = 100;

const instant = z.iso.datetime({ offset: true });

/** One file of a phone's log, by its own word and clock; the name is from outside and only ever shown as text. */
export const logFileSchema = z.object({
  name: z.string().transform((name) => name.slice(0, 200)),
  start: instant.nullish().catch(null),
  end: instant.nullish().catch(null),
  bytes: z.number().min(0).nullish().catch(null),
});
export type LogFile = z.output<typeof logFileSchema>;

/** Bodies as devices send them; more fields than these are ignored. */
export const deviceEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("unsupported") }),
  z.object({
    type: z.literal("logs.listed"),
    files: z
      .array(z.unknown())
      .transform((files) => files.slice(0, MOST_FILES).flatMap((file) => logFileSchema.safeParse(file).data ?? [])),
  }),
  z.object({ type: z.literal("logs.declined"), reason }),
  z.object({
    type: z.literal("logs.accepted"),
    bytes: z.int().min(0).max(LARGEST_MAX_BYTES),
    /** Of exactly the bytes that will be put, in hex. */
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/)
      .transform((hex) => hex.toLowerCase()),
  }),
  z.object({ type: z.literal("logs.progress"), sentBytes: z.int().min(0) }),
  z.object({ type: z.literal("upload.expired") }),
  z.object({ type: z.literal("logs.uploaded") }),
  z.object({ type: z.literal("logs.failed"), reason }),
  z.object({ type: z.literal("logs.cancelled") }),
]);

export type DeviceEventBody = z.output<typeof deviceEventSchema>;
