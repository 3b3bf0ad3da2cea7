import { z } from "zod";
import { AppError } from "@/lib/errors";
import { sentence, type Sentence } from "@/lib/sentence";

/** A Prometheus that can be asked. */
export interface PrometheusAddress {
  url: string;
  /** Sent as a bearer token; for those behind a proxy that asks for one. */
  token?: string | undefined;
}

/** One series of a range: its labels, and values at `at` (ms since the epoch), rising. */
export interface PromSeries {
  labels: Readonly<Record<string, string>>;
  points: readonly { at: number; value: number }[];
}

// A chart of 64 nodes with 720 points is about 1.5 MB.
const MOST_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 8_000;

const answerSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("success"),
    data: z.object({
      resultType: z.literal("matrix"),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.number(), z.string()])),
        }),
      ),
    }),
  }),
  z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() }),
]);

/**
 * Prometheus' `query_range`: the expression's value at `from`, `from + step`, … up to and including `to`. Values that are not
 * finite are left out. Throws UNAVAILABLE, saying why, when it gives no usable answer within eight seconds.
 */
export async function askPrometheus(
  address: PrometheusAddress,
  question: { query: string; from: Date; to: Date; stepSeconds: number },
): Promise<PromSeries[]> {
  const answer = answerSchema.safeParse(await fetchJson(address, question));
  if (!answer.success) throw unavailable(sentence("answered something else than a range of values"), answer.error);
  if (answer.data.status === "error")
    throw unavailable(sentence("refused the question: {said}", { said: answer.data.error.slice(0, 200) }));
  return answer.data.data.result.map((series) => ({
    labels: series.metric,
    points: series.values
      .map(([seconds, value]) => ({ at: Math.round(seconds * 1000), value: Number(value) }))
      .filter((point) => Number.isFinite(point.value)),
  }));
}

async function fetchJson(
  address: PrometheusAddress,
  question: { query: string; from: Date; to: Date; stepSeconds: number },
): Promise<unknown> {
  const body = new URLSearchParams({
    query: question.query,
    start: String(question.from.getTime() / 1000),
    end: String(question.to.getTime() / 1000),
    step: String(question.stepSeconds),
    timeout: `${TIMEOUT_MS}ms`,
  });
  try {
    const response = await fetch(new URL("api/v1/query_range", withSlash(address.url)), {
      method: "POST",
      body,
      headers: address.token ? { authorization: `Bearer ${address.token}` } : {},
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) throw unavailable(sentence("answered more than {bytes} bytes", { bytes: MOST_BYTES }));
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString("utf8");
    // Its errors are JSON too; a proxy's are not.
    if (!text.startsWith("{")) throw unavailable(sentence("answered {status}", { status: response.status }));
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const isLate = error instanceof Error && error.name === "TimeoutError";
    throw unavailable(
      isLate ? sentence("did not answer within {limit} ms", { limit: TIMEOUT_MS }) : sentence("could not be asked"),
      error,
    );
  }
}

const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

const unavailable = (what: Sentence, cause?: unknown): AppError =>
  new AppError(
    "UNAVAILABLE",
    sentence("The history's Prometheus {what}. Check PROMETHEUS_URL, or choose a shorter range.", { what }),
    { cause, retryAfterSeconds: 10 },
  );
