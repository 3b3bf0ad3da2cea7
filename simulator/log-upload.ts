import { backOffMs } from "./back-off";
import type { Answer, DeviceEvent, Upload } from "./device-events";
import { pause } from "./pause";
import type { PutBytes } from "./put-bytes";
import type { Random } from "./random";

/** A log as it will travel: `bytes` and `sha256` are of exactly the frozen body. */
export interface LogFile {
  bytes: number;
  sha256: string;
  /** After this nobody waits for it. */
  untilMs: number;
}

export interface LogUploadOptions {
  commandId: string;
  file: LogFile;
  /** The frozen body; null when it is gone. */
  readBody: () => Promise<Buffer | null>;
  putBytes: PutBytes;
  send: (event: DeviceEvent) => void;
  /** Hears the last event, or null when it was given up without a word. The body is not needed any more. */
  onOver: (last: DeviceEvent | null) => void;
  random: Random;
  now: () => number;
}

type State = { status: "offered" } | { status: "sending" } | { status: "over"; last: DeviceEvent | null };

type PutOutcome = { status: "sent" } | { status: "refused"; httpStatus: number } | { status: "failed" };

const MOST_ATTEMPTS = 5;
// A last resort: LiveConnect stops giving URLs sooner.
const MOST_URLS = 10;
const RETRY_BASE_MS = 1_000;
const RETRY_CEILING_MS = 20_000;

/**
 * The upload of one prepared log.
 *
 *   offered   announced by `logs.accepted`; a `logs.put` → sending
 *   sending   PUT under way, repeated with back-off: the same bytes to the same object, so a repeat is safe.
 *             2xx → over (`logs.uploaded`); URL past its time → offered (`upload.expired`); refused or tried enough → over (`logs.failed`)
 *   over      a repeated `logs.put` gets the last event again
 */
export class LogUpload {
  readonly #options: LogUploadOptions;
  readonly #abort = new AbortController();
  #state: State = { status: "offered" };
  #urls = 0;

  constructor(options: LogUploadOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#state.status === "over";
  }

  /** Acts on a `logs.put`. */
  put(upload: Upload): void {
    switch (this.#state.status) {
      case "offered":
        this.#urls += 1;
        void this.#send(upload);
        return;
      case "sending":
        return;
      case "over":
        if (this.#state.last) this.#options.send(this.#state.last);
    }
  }

  /** Gives up for good, without a word. Safe to call twice. */
  cancel(): void {
    this.stop();
    this.#options.onOver(null);
  }

  /** Stops what is under way; the frozen body stays, for a later life of this phone. */
  stop(): void {
    if (!this.isOver) this.#state = { status: "over", last: null };
    this.#abort.abort();
  }

  /** Lets the bytes go when nobody waits for them any more. */
  cancelIfPast(): void {
    if (this.#state.status === "offered" && this.#options.file.untilMs < this.#options.now()) this.cancel();
  }

  async #send(upload: Upload): Promise<void> {
    const { bytes, sha256 } = this.#options.file;
    this.#state = { status: "sending" };
    const body = await this.#options.readBody().catch(() => null);
    if (this.isOver) return;
    if (!body) return this.#end({ type: "logs.failed", reason: "not-prepared" });
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const outcome = await this.#putOnce(body, upload);
      if (this.isOver) return;
      if (outcome.status === "sent") return this.#end({ type: "logs.uploaded", bytes, sha256 });
      // S3 answers 403 to a signature past its time; our own clock is not asked, as it may be wrong.
      if (outcome.status === "refused" && outcome.httpStatus === 403) return this.#askFreshUrl();
      if (outcome.status === "refused")
        return this.#end({ type: "logs.failed", reason: `store-answered-${outcome.httpStatus}` });
      await this.#wait(attempt);
      if (this.isOver) return;
    }
    this.#end({ type: "logs.failed", reason: "store-unreachable" });
  }

  async #putOnce(body: Buffer, upload: Upload): Promise<PutOutcome> {
    try {
      const httpStatus = await this.#options.putBytes({
        url: upload.url,
        headers: upload.headers,
        body,
        signal: this.#abort.signal,
        onQuarter: (sentBytes) => this.#say({ type: "logs.progress", sentBytes, totalBytes: body.length }),
      });
      if (httpStatus >= 200 && httpStatus < 300) return { status: "sent" };
      return httpStatus >= 400 && httpStatus < 500 ? { status: "refused", httpStatus } : { status: "failed" };
    } catch {
      // Whatever a socket can throw means the same here: not sent, try again within the bound.
      return { status: "failed" };
    }
  }

  #askFreshUrl(): void {
    if (this.#urls >= MOST_URLS) return this.#end({ type: "logs.failed", reason: "urls-expired" });
    this.#state = { status: "offered" };
    this.#say({ type: "upload.expired" });
  }

  #end(answer: Answer): void {
    const last = this.#say(answer);
    this.#state = { status: "over", last };
    this.#options.onOver(last);
  }

  #say(answer: Answer): DeviceEvent {
    const event = { ...answer, commandId: this.#options.commandId, at: new Date(this.#options.now()).toISOString() };
    this.#options.send(event);
    return event;
  }

  #wait(attempt: number): Promise<void> {
    const { random } = this.#options;
    const ms = backOffMs({ attempt, baseMs: RETRY_BASE_MS, ceilingMs: RETRY_CEILING_MS, random });
    return pause(ms, this.#abort.signal);
  }
}
