import type { TailLine } from "@/lib/publish/schemas";
import { failureOf, openStream } from "./request";

/** Watches a topic filter until the signal aborts, the time is over or the stream is lost; each line as it comes. Throws ApiError when refused. */
export async function watchTopics(of: {
  topicFilter: string;
  signal: AbortSignal;
  onLine: (line: TailLine) => void;
}): Promise<void> {
  const response = await openStream("/api/publish/tail", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ topicFilter: of.topicFilter }),
    signal: of.signal,
  });
  if (!response.ok || !response.body) throw await failureOf(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let unread = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (unread + value).split("\n");
    unread = lines.pop() ?? "";
    for (const line of lines) of.onLine(asLine(line));
  }
}

// Our own publisher wrote it.
const asLine = (line: string): TailLine => JSON.parse(line) as TailLine;
