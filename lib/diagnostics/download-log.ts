import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { DOWNLOAD_FORMATS, writeDownload } from "./log/write-download";
import type { LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";

const downloadLogSchema = z.object({ logRequestId: z.uuid(), format: z.enum(DOWNLOAD_FORMATS) });

/** The verb that gives a redacted log as a file, a part at a time, through a process's reader; memory stays bounded. */
export const downloadLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: downloadLogSchema,
    work: async (ctx, { logRequestId, format }): Promise<AsyncGenerator<string>> =>
      writeDownload((await openLog(ctx, reader, logRequestId)).ask, format),
    audit: ({ logRequestId, format }) => ({
      action: "diagnostics.downloadLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
      details: { format },
    }),
  });
