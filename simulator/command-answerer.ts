import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { DeviceLog } from "./call-log";
import { type Answer, type Command, commandEnvelopeSchema, commandSchema, type DeviceEvent } from "./device-events";
import type { DeviceStorage } from "./device-storage";
import { type LogFile, LogUpload } from "./log-upload";
import type { PutBytes } from "./put-bytes";
import type { Random } from "./random";

export interface CommandAnswererOptions {
  log: DeviceLog;
  storage: DeviceStorage;
  putBytes: PutBytes;
  /** Queues an event for the broker; at least once. */
  send: (event: DeviceEvent) => void;
  /** Whether log files travel compressed. */
  gzip: boolean;
  isOnWifi: () => boolean;
  /** A reason not to share the log now, e.g. that the person said no; null: it may be asked for. */
  refusesLogs: () => string | null;
  random: Random;
  now: () => number;
}

// Commands waiting for the one before; more are let go, as a broker's queue is no longer than its limit either.
const MOST_WAITING = 1_000;
// Prepared logs at a time, each at most `maxBytes` on disk.
const MOST_PREPARED = 3;
// Uploads remembered, those over included.
const MOST_UPLOADS = 20;
const PREPARED_LIFE_MS = 60 * 60_000;

/**
 * Does what commands ask, one at a time in their order, and answers them. A command may arrive twice (QoS 1): it is done once, by `id`
 * and `type`, and the second time the first answer is sent again, byte for byte, so that the server sees it is the same; also after
 * a restart, as answers are on disk before they are sent. `logs.put` is left to the state of its upload instead, because a fresh
 * URL comes under the same id.
 */
export class CommandAnswerer {
  readonly #options: CommandAnswererOptions;
  readonly #uploads = new Map<string, LogUpload>();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(options: CommandAnswererOptions) {
    this.#options = options;
  }

  /** Takes one payload of the command topic. Never throws: what cannot be read cannot be answered either. */
  receive(payload: Buffer): void {
    const envelope = commandEnvelopeSchema.safeParse(parseJson(payload));
    if (!envelope.success || this.#waiting >= MOST_WAITING) return;
    this.#waiting += 1;
    this.#last = this.#takeAfter(this.#last, envelope.data);
  }

  /** Stops uploads under way. What was promised stays on disk and is kept after a restart. */
  close(): void {
    this.#isClosed = true;
    for (const upload of this.#uploads.values()) upload.stop();
  }

  async #takeAfter(before: Promise<void>, envelope: { id: string; type: string }): Promise<void> {
    await before;
    this.#waiting -= 1;
    if (!this.#isClosed) await this.#take(envelope);
  }

  async #take(envelope: { id: string; type: string }): Promise<void> {
    const command = commandSchema.safeParse(envelope);
    if (command.data?.type === "logs.put") return this.#put(command.data);
    const key = keyOf(envelope);
    const known = await this.#findAnswer(key);
    if (known) return this.#options.send(known);
    const answer = command.success
      ? await this.#act(command.data).catch((): Answer => ({ type: "logs.failed", reason: "log-unreadable" }))
      : { type: "unsupported", command: envelope.type };
    const event = this.#eventOf(envelope.id, answer);
    if (!passes(answer)) await this.#keepAnswer(key, event);
    if (!this.#isClosed) this.#options.send(event);
  }

  async #act(command: Exclude<Command, { type: "logs.put" }>): Promise<Answer> {
    switch (command.type) {
      case "ping":
        return { type: "pong" };
      case "logs.list":
        return { type: "logs.listed", files: await this.#options.log.list() };
      case "logs.upload":
        return this.#prepareUpload(command);
      case "logs.cancel":
        this.#uploads.get(command.id)?.cancel();
        this.#uploads.delete(command.id);
        await this.#options.storage.discard(command.id);
        return { type: "logs.cancelled" };
    }
  }

  /** Freezes the asked part of the log on disk, so that bytes and hash stay true until it is sent. */
  async #prepareUpload(command: Extract<Command, { type: "logs.upload" }>): Promise<Answer> {
    const { log, storage, gzip, now } = this.#options;
    this.#forgetUploads();
    // The one command that costs something. The others are answered whatever this clock says: it may be wrong.
    if (command.expiresAt && Date.parse(command.expiresAt) < now()) return declined("expired");
    if ([...this.#uploads.values()].filter((upload) => !upload.isOver).length >= MOST_PREPARED) return declined("busy");
    if (command.wifiOnly && !this.#options.isOnWifi()) return declined("not-on-wifi");
    const refusal = this.#options.refusesLogs();
    if (refusal !== null) return declined(refusal);
    const text = await log.read({
      fromMs: command.from ? Date.parse(command.from) : 0,
      toMs: command.to ? Date.parse(command.to) : now(),
      // The cap is on the text, so that the file is within it compressed or not.
      maxBytes: command.maxBytes,
      onlyFailed: command.onlyFailed,
    });
    if (text.length === 0) return declined("no-calls");
    const body = gzip ? gzipSync(text) : text;
    const announced = { bytes: body.length, sha256: createHash("sha256").update(body).digest("hex") };
    await storage.freeze(command.id, body);
    const untilMs = command.expiresAt ? Date.parse(command.expiresAt) : now() + PREPARED_LIFE_MS;
    this.#offer(command.id, { ...announced, untilMs });
    return { type: "logs.accepted", ...announced, contentEncoding: gzip ? "gzip" : "identity" };
  }

  #offer(commandId: string, file: LogFile): LogUpload {
    const { storage, putBytes, send, random, now } = this.#options;
    const upload = new LogUpload({
      commandId,
      file,
      readBody: () => storage.thaw(commandId),
      putBytes,
      send,
      onOver: (last) => {
        if (last) void this.#keepAnswer(keyOf({ id: commandId, type: "logs.put" }), last);
        // What cannot be removed now is removed by age.
        storage.discard(commandId).catch(() => {});
      },
      random,
      now,
    });
    this.#uploads.set(commandId, upload);
    return upload;
  }

  #forgetUploads(): void {
    for (const [id, upload] of this.#uploads) {
      upload.cancelIfPast();
      if (this.#uploads.size > MOST_UPLOADS && upload.isOver) this.#uploads.delete(id);
    }
  }

  async #put(command: Extract<Command, { type: "logs.put" }>): Promise<void> {
    const upload = this.#uploads.get(command.id) ?? (await this.#offerAgain(command.id));
    if (upload) return upload.put(command.upload);
    const last = await this.#findAnswer(keyOf(command));
    this.#options.send(last ?? this.#eventOf(command.id, { type: "logs.failed", reason: "not-prepared" }));
  }

  /** A log this phone promised before it was restarted. */
  async #offerAgain(commandId: string): Promise<LogUpload | null> {
    const promised = await this.#findAnswer(keyOf({ id: commandId, type: "logs.upload" }));
    const body = promised?.type === "logs.accepted" ? await this.#options.storage.thaw(commandId) : null;
    if (!body) return null;
    const sha256 = createHash("sha256").update(body).digest("hex");
    if (sha256 !== promised?.sha256) return null;
    return this.#offer(commandId, { bytes: body.length, sha256, untilMs: this.#options.now() + PREPARED_LIFE_MS });
  }

  // With a disk that cannot be read or written, acting twice is better than not answering.
  async #findAnswer(key: string): Promise<DeviceEvent | null> {
    return this.#options.storage.findAnswer(key).catch(() => null);
  }

  async #keepAnswer(key: string, event: DeviceEvent): Promise<void> {
    await this.#options.storage.keepAnswer(key, event).catch(() => {});
  }

  #eventOf(commandId: string, answer: Answer): DeviceEvent {
    return { ...answer, commandId, at: new Date(this.#options.now()).toISOString() };
  }
}

/** What is so only now is not kept: asked again, it is looked at again. */
const passes = ({ type, reason }: Answer): boolean =>
  type === "logs.declined" && (reason === "busy" || reason === "not-on-wifi");

const keyOf = (command: { id: string; type: string }): string => `${command.type} ${command.id}`;

const declined = (reason: string): Answer => ({ type: "logs.declined", reason });

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}
