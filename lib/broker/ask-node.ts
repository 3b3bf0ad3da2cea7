import type { NodeFault } from "@/lib/cluster/schemas";
import { AppError } from "@/lib/errors";
import { sentence, type Sentence } from "@/lib/sentence";

/** How asking a node failed: nobody listens there, nothing came in time, or what came is no answer. */
export type NodeFailureKind = "refused" | "no_answer" | "wrong_answer";

/** An UNAVAILABLE that names the node; `failure` is what the watch of nodes decides by, `fault` what exactly was wrong. */
export class NodeFailure extends AppError {
  readonly failure: NodeFailureKind;
  readonly fault: NodeFault;

  constructor(failure: NodeFailureKind, said: Sentence, options: { cause?: unknown; fault?: NodeFault } = {}) {
    super("UNAVAILABLE", said, { cause: options.cause, retryAfterSeconds: 2 });
    this.name = "NodeFailure";
    this.failure = failure;
    this.fault = options.fault ?? (failure === "wrong_answer" ? "garbage" : failure);
  }
}

export interface NodeAddress {
  name: string;
  adminUrl: string;
}

export interface NodeQuestion {
  /** Path and query below the node's admin URL, beginning with a slash. */
  path: string;
  apiKey: string;
  /** For the whole answer, body included, so that a slow drip ends too. */
  timeoutMs: number;
  mostBytes: number;
}

/** Asks a node's admin HTTP one GET and gives the body of its 200. Throws NodeFailure for anything else. */
export async function askNode(node: NodeAddress, question: NodeQuestion): Promise<string> {
  const signal = AbortSignal.timeout(question.timeoutMs);
  let hasBegun = false;
  try {
    const response = await fetch(new URL(question.path, node.adminUrl), {
      // Compressed, 2 MB would be a guess at what they become; what comes compressed all the same is bounded as it is unpacked.
      headers: { "x-api-key": question.apiKey, "accept-encoding": "identity" },
      redirect: "error",
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new NodeFailure(
        "wrong_answer",
        sentence("{node} answered {status}. {hint}", {
          node: node.name,
          status: response.status,
          hint: hint(response.status),
        }),
        { fault: "bad_status" },
      );
    }
    hasBegun = true;
    return await readBounded(response, node, question.mostBytes);
  } catch (error) {
    throw asFailure(error, node, { timeoutMs: question.timeoutMs, hasBegun });
  }
}

async function readBounded(response: Response, node: NodeAddress, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream, so the rest is never read.
    if (bytes > mostBytes)
      throw new NodeFailure(
        "wrong_answer",
        sentence("{node} answered more than {bytes} bytes.", { node: node.name, bytes: mostBytes }),
        { fault: "too_large" },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const hint = (status: number): Sentence =>
  status === 401 ? sentence("Check BROKER_API_KEY and its scopes.") : sentence("Look at the broker's own log.");

function asFailure(error: unknown, node: NodeAddress, asked: { timeoutMs: number; hasBegun: boolean }): NodeFailure {
  if (error instanceof NodeFailure) return error;
  const cause = { cause: error };
  if (error instanceof Error && error.name === "TimeoutError") {
    const about = { node: node.name, limit: asked.timeoutMs };
    if (asked.hasBegun) {
      const said = sentence("{node} did not finish its answer within {limit} ms.", about);
      return new NodeFailure("no_answer", said, { ...cause, fault: "too_slow" });
    }
    return new NodeFailure("no_answer", sentence("{node} did not answer within {limit} ms.", about), cause);
  }
  if (codeOf(error) === "ECONNREFUSED")
    return new NodeFailure(
      "refused",
      sentence("{node} refuses connections: nothing listens there.", { node: node.name }),
      cause,
    );
  return new NodeFailure(
    "no_answer",
    sentence("{node} could not be asked: {code}.", {
      node: node.name,
      code: codeOf(error) ?? sentence("no connection"),
    }),
    cause,
  );
}

/** The system's error code; fetch hides it one level down. */
function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
}
