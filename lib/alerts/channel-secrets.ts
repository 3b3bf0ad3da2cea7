import { z } from "zod";
import type { SealedColumn } from "@/lib/crypto/reseal-column";
import { seal, unseal } from "@/lib/crypto/seal";
import { openingKeys, sealingKey } from "@/lib/env/sealing-key";
import { channelTarget, type ChannelTarget } from "./schemas";

/** What is sealed of a channel: where it leads, and the secret that signs what a webhook is sent. */
const channelSecrets = z.object({ target: channelTarget, signingSecret: z.string().nullable() });
export type ChannelSecrets = z.output<typeof channelSecrets>;

export const SEALED_CHANNELS: SealedColumn = {
  table: "alert_channels",
  column: "sealed",
  belongsTo: "id",
  about: (id) => id,
};

export const sealSecrets = (channelId: string, secrets: ChannelSecrets): Uint8Array<ArrayBuffer> =>
  seal(JSON.stringify(secrets), { key: sealingKey(), about: channelId });

/** Throws when another key sealed them. */
export const openSecrets = (channel: { id: string; sealed: Uint8Array }): ChannelSecrets =>
  channelSecrets.parse(JSON.parse(unseal(channel.sealed, { keys: openingKeys(), about: channel.id })));

/** What may be shown of a target: the host of a URL, whose path is often its secret; the addresses of a mail. */
export const destinationOf = (target: ChannelTarget): string =>
  target.kind === "email" ? target.addresses.join(", ") : new URL(target.url).host;
