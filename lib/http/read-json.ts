import { AppError } from "@/lib/errors";

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The request's JSON body. Its type is what the verb asks for and nothing was checked yet: that is the verb's, by its schema,
 * so this cast is for all routes. Throws VALIDATION when the body is not JSON or larger than 1 MB.
 */
export async function readJson<Input>(request: Request): Promise<Input> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? ""))
    throw new AppError("VALIDATION", "The body must be application/json.");
  const text = await readText(request);
  try {
    return JSON.parse(text) as Input;
  } catch (cause) {
    throw new AppError("VALIDATION", "The body is not JSON.", { cause });
  }
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (!request.body) return "";
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const tooLarge = () => new AppError("VALIDATION", "The body is larger than 1 MB. Send less at once.");
