import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import type { Pool } from "pg";
import { z } from "zod";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { clientIdOfTopic } from "@/lib/mqtt/device-topics";
import { MAX_PAYLOAD_BYTES } from "@/lib/mqtt/payload";

/** What every event of a device has; the rest belongs to its type. */
const deviceEventSchema = z.looseObject({
  type: z.string().min(1).max(64),
  commandId: z.string().min(1).max(64).nullish(),
});

/** `malformed`: it can never be recorded, so it is acknowledged and counted, not tried again. */
export type DeviceEventOutcome = "recorded" | "repeated" | "malformed";

/**
 * Writes what a device published to its events topic, once: a repeat (QoS 1 may repeat; several publishers hear it) is known
 * by client, command, type and the SHA-256 of its bytes. Tells everyone when it is new. Call it before the MQTT
 * acknowledgement goes out; it throws when the database is away, and then nothing must be acknowledged. A machine write.
 */
export async function recordDeviceEvent(
  pool: Pool,
  heard: { topicName: string; payload: Buffer; root: string },
): Promise<DeviceEventOutcome> {
  const clientId = clientIdSchema.safeParse(clientIdOfTopic(heard.topicName, heard.root));
  const event = deviceEventSchema.safeParse(parseJson(heard.payload));
  if (!clientId.success || !event.success) return "malformed";
  try {
    const written = await pool.query({
      name: "device-event-record",
      text: `with recorded as (
               insert into device_events (client_id, command_id, type, content_hash, body) values ($1, $2, $3, $4, $5)
               on conflict (client_id, command_id, type, content_hash) do nothing
               returning id, client_id, type
             )
             select pg_notify('publish', json_build_object('type', 'publish.deviceEvent', 'clientId', client_id,
                              'eventType', type, 'deviceEventId', id)::text) from recorded`,
      values: [
        clientId.data,
        event.data.commandId ?? null,
        event.data.type,
        createHash("sha256").update(heard.payload).digest(),
        heard.payload.toString("utf8"),
      ],
    });
    return written.rowCount === 0 ? "repeated" : "recorded";
  } catch (error) {
    if (isDataException(error)) return "malformed";
    throw error;
  }
}

function parseJson(payload: Buffer): unknown {
  if (payload.length > MAX_PAYLOAD_BYTES || !isUtf8(payload)) return null;
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}

// JSON that jsonb does not take (a null character, half a surrogate pair, a number out of range): PostgreSQL class 22.
const isDataException = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");
