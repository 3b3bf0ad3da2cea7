import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { requestLog } from "@/lib/diagnostics/request-log";
import { uploadKeyOf } from "@/lib/diagnostics/send-command";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { makeClient } from "./factories";

/** A client's request in state received with a file as its upload, as the device's events would have left it. */
export async function receiveLog(
  ctx: Context,
  { store, file }: { store: ObjectStore; file: string },
): Promise<{ logRequestId: string; clientId: string }> {
  const { clientId } = await makeClient(ctx.db);
  const { logRequestId } = await requestLog(ctx, { clientId, reason: "app freezes" });
  const uploadKey = uploadKeyOf(logRequestId);
  await store.putFile({ key: uploadKey, file, contentType: "application/octet-stream" });
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  await ctx.db.prisma.logRequest.update({
    where: { id: logRequestId },
    data: {
      state: "received",
      uploadKey,
      announcedBytes: (await stat(file)).size,
      announcedSha256: hash.digest("hex"),
    },
  });
  return { logRequestId, clientId };
}
