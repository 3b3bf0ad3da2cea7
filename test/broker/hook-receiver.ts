import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";

/** One webhook as it arrived. */
export interface HookCall {
  node: string;
  hook: string;
  /** Names and values in turn, as sent. */
  rawHeaders: string[];
  raw: string;
  body: Record<string, unknown>;
  /** The connection it came by. */
  socket: Socket;
}

export interface HookReply {
  status?: number;
  body: string;
  headers?: Record<string, string>;
  /** The answer waits for this. */
  after?: Promise<unknown>;
  /** Cut the connection instead of answering. */
  drop?: boolean;
}

export const OK: HookReply = { body: '{"result":"ok"}' };
export const NOT_ALLOWED: HookReply = { body: '{"result":{"error":"not_allowed"}}' };

/** A real HTTP server in the gateway's place that keeps every call in order of arrival. */
export interface HookReceiver {
  readonly calls: HookCall[];
  urlOf: (node: string) => string;
  host: string;
  /** Decides answers from now on; undefined is OK. */
  answer: (decide: (call: HookCall) => HookReply | undefined) => void;
  /** Calls about one client, optionally of some hooks only. */
  callsOf: (clientId: string) => HookCall[];
  close: () => Promise<void>;
}

export async function startHookReceiver(): Promise<HookReceiver> {
  const calls: HookCall[] = [];
  let decide: (call: HookCall) => HookReply | undefined = () => undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await text(request);
    const call: HookCall = {
      node: request.url?.split("/")[2] ?? "",
      hook: String(request.headers["vernemq-hook"]),
      rawHeaders: request.rawHeaders,
      raw,
      body: JSON.parse(raw) as Record<string, unknown>,
      socket: request.socket,
    };
    calls.push(call);
    const reply = decide(call) ?? OK;
    await reply.after;
    if (reply.drop) return void request.socket.destroy();
    response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers }).end(reply.body);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    calls,
    host,
    urlOf: (node) => `http://${host}/hooks/${node}/a-secret-of-the-node`,
    answer: (next) => {
      decide = next;
    },
    callsOf: (clientId) => calls.filter(({ body }) => body.client_id === clientId),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
