import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { DeviceLog } from "./call-log";
import { type Answer, type Command, commandEnvelopeSchema, commandSchema, type DeviceEvent } from "./device-events";
import { LogUpload } from "./log-upload";
import type { Random } from "./random";

export interface CommandAnswererOptions {
  log: DeviceLog;
  /** Queues an event for the broker; at least once. */
  send: (event: DeviceEvent) => void;
  /** Whether log files travel compressed. */
  gzip: boolean;
  random: Random;
  now: () => number;
}

type Known = { status: "acting" } | { status: "answered"; event: DeviceEvent };

// Remembered answers. A broker repeats a command within minutes, so the last hundred are plenty.
const MOST_ANSWERS = 100;
// Prepared logs held in memory at a time, each at most `maxBytes`. A real app keeps them as files.
const MOST_PREPARED = 3;
// Uploads remembered, those over included (they hold no bytes).
const MOST_UPLOADS = 20;
const PREPARED_LIFE_MS = 60 * 60_000;

/**
 * Does what commands ask and answers them. A command may arrive twice (QoS 1): it is done once, by `id` and `type`, and the second
 * time the first answer is sent again, byte for byte, so that the server sees it is the same. `logs.put` is left to the state of
 * its upload instead, because a fresh URL comes under the same id.
 */
export class CommandAnswerer {
  readonly #options: CommandAnswererOptions;
  readonly #answers = new Map<string, Known>();
  readonly #uploads = new Map<string, LogUpload>();

  constructor(options: CommandAnswererOptions) {
    this.#options = options;
  }

  /** Takes one payload of the command topic. Never throws: what cannot be read cannot be answered either. */
  receive(payload: Buffer): void {
    const envelope = commandEnvelopeSchema.safeParse(parseJson(payload));
    if (!envelope.success) return;
    const command = commandSchema.safeParse(envelope.data);
    if (command.data?.type === "logs.put") return this.#put(command.data);

    const known = this.#answers.get(keyOf(envelope.data));
    if (known?.status === "acting") return;
    if (known) return this.#options.send(known.event);
    if (!command.success) return this.#answer(envelope.data, { type: "unsupported", command: envelope.data.type });
    this.#act(command.data);
  }

  /** Stops uploads under way; their requests may be answered after a restart. */
  close(): void {
    for (const upload of this.#uploads.values()) upload.close();
  }

  #act(command: Exclude<Command, { type: "logs.put" }>): void {
    switch (command.type) {
      case "ping":
        return this.#answer(command, { type: "pong" });
      case "logs.list":
        return this.#answerLater(command, this.#listLogs());
      case "logs.upload":
        return this.#answerLater(command, this.#prepareUpload(command));
      case "logs.cancel":
        this.#uploads.get(command.id)?.close();
        this.#uploads.delete(command.id);
        return this.#answer(command, { type: "logs.cancelled" });
    }
  }

  async #listLogs(): Promise<Answer> {
    return { type: "logs.listed", files: await this.#options.log.list() };
  }

  /** Freezes the asked part of the log, so that bytes and hash stay true until it is sent. */
  async #prepareUpload(command: Extract<Command, { type: "logs.upload" }>): Promise<Answer> {
    const { log, gzip, send, random, now } = this.#options;
    this.#forgetUploads();
    // The one command that costs something. The others are answered whatever this clock says: it may be wrong.
    if (command.expiresAt && Date.parse(command.expiresAt) < now()) return declined("expired");
    if ([...this.#uploads.values()].filter((upload) => !upload.isOver).length >= MOST_PREPARED) return declined("busy");
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
    const untilMs = command.expiresAt ? Date.parse(command.expiresAt) : now() + PREPARED_LIFE_MS;
    const file = { ...announced, body, untilMs };
    this.#uploads.set(command.id, new LogUpload({ commandId: command.id, file, send, random, now }));
    return { type: "logs.accepted", ...announced, contentEncoding: gzip ? "gzip" : "identity" };
  }

  #forgetUploads(): void {
    for (const [id, upload] of this.#uploads) {
      upload.closeIfPast();
      if (this.#uploads.size > MOST_UPLOADS && upload.isOver) this.#uploads.delete(id);
    }
  }

  #put(command: Extract<Command, { type: "logs.put" }>): void {
    const upload = this.#uploads.get(command.id);
    if (upload) return upload.put(command.upload);
    this.#answer(command, { type: "logs.failed", reason: "not-prepared" });
  }

  #answerLater(command: { id: string; type: string }, work: Promise<Answer>): void {
    this.#remember(keyOf(command), { status: "acting" });
    work.then(
      (answer) => this.#answer(command, answer),
      () => this.#answer(command, { type: "logs.failed", reason: "log-unreadable" }),
    );
  }

  #answer(command: { id: string; type: string }, answer: Answer): void {
    const event = { ...answer, commandId: command.id, at: new Date(this.#options.now()).toISOString() };
    this.#remember(keyOf(command), { status: "answered", event });
    this.#options.send(event);
  }

  #remember(key: string, known: Known): void {
    this.#answers.delete(key);
    this.#answers.set(key, known);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MOST_ANSWERS) break;
      this.#answers.delete(oldest);
    }
  }
}

const keyOf = (command: { id: string; type: string }): string => `${command.type} ${command.id}`;

const declined = (reason: string): Answer => ({ type: "logs.declined", reason });

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}
