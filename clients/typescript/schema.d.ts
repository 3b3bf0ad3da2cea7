// Generated from openapi.json by scripts/generate-clients.ts.
export interface paths {
  "/v1/messages": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Publish a message
     * @description Once answered, the message is kept and goes out at least once (QoS 1 and 2) or expires, in the order of its topic. It also survives a crash of ours. A message that may have reached the broker before is sent with DUP.
     *
     *     Permission: `publish.send`.
     */
    post: operations["publishMessage"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/messages/batch": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Publish up to 1,000 messages
     * @description Each has its own result; one that is refused keeps no other from going out.
     *
     *     Permission: `publish.send`.
     */
    post: operations["publishBatch"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/messages/{messageId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What became of a message
     * @description Permission: `publish.read`.
     */
    get: operations["getMessage"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sends/count": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Whom a message to many clients would reach
     * @description Nothing is sent. To send: `POST /v1/messages` with `to.clients`; the key's topic filters must cover every inbox.
     *
     *     Permission: `publish.send`.
     */
    post: operations["countRecipients"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sends": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The key's sends
     * @description Permission: `publish.read`.
     */
    get: operations["listSends"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sends/{sendId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How far a message to many clients is
     * @description Permission: `publish.read`.
     */
    get: operations["getSend"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sends/{sendId}/pause": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Pause a send
     * @description What is on its way arrives; nothing follows.
     *
     *     Permission: `publish.send`.
     */
    post: operations["pauseSend"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sends/{sendId}/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Go on with a paused send
     * @description Where it stood: no client gets it twice.
     *
     *     Permission: `publish.send`.
     */
    post: operations["resumeSend"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sends/{sendId}/cancel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel a send
     * @description For good; what is on its way arrives.
     *
     *     Permission: `publish.send`.
     */
    post: operations["cancelSend"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/presence/{clientId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The presence of a client
     * @description Permission: `presence.read`.
     */
    get: operations["getPresence"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/presence/query": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * The presence of up to 1,000 clients
     * @description Permission: `presence.read`.
     */
    post: operations["queryPresence"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/people/{personId}/presence": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The presence of a person
     * @description Permission: `presence.read`.
     */
    get: operations["getPersonPresence"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/people/{personId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Say all that is known of a person
     * @description What is absent is forgotten. Phone numbers may be written as people do, and are kept as E.164.
     *
     *     Permission: `people.write`.
     */
    put: operations["putPerson"];
    post?: never;
    /**
     * Forget a person
     * @description Everything of theirs goes; the audit keeps the fact.
     *
     *     Permission: `people.write`.
     */
    delete: operations["forgetPerson"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/people": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * The same for up to 500 people
     * @description Permission: `people.write`.
     */
    put: operations["putPeople"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/people/import": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Import people as JSON lines
     * @description Millions of lines in one upload, gzip allowed. It is merged behind the scenes: ask for its progress.
     *
     *     Permission: `people.write`.
     */
    post: operations["importPeople"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/people/imports/{importId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How far an import is
     * @description Permission: `people.write`.
     */
    get: operations["getImport"];
    put?: never;
    post?: never;
    /**
     * Cancel an import
     * @description Permission: `people.write`.
     */
    delete: operations["cancelImport"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/people/imports/{importId}/errors": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The refused lines of an import
     * @description Permission: `people.write`.
     */
    get: operations["getImportErrors"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/revocations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Take the trust away from tokens
     * @description One revocation, or up to 1,000: for a token by its SHA-256 or its `jti`, or for all tokens a person was given before now. They are refused at once, and connections that stand by them end within 5 seconds. The token itself is never sent.
     *
     *     Permission: `access.revoke`.
     */
    post: operations["revokeTokens"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/clients/{clientId}/release": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make a device nobody's
     * @description For a phone that changes hands: its session and the messages that wait in it are dropped, and its next sign-in binds it to whoever that is.
     *
     *     Permission: `access.release`.
     */
    post: operations["releaseClient"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/grants": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Let people's clients subscribe or publish
     * @description One grant, or up to 100. Putting a grant again changes its end.
     *
     *     Permission: `access.grant`.
     */
    put: operations["putGrants"];
    post?: never;
    /**
     * Take grants back
     * @description A subscription that rests on one ends at once.
     *
     *     Permission: `access.grant`.
     */
    delete: operations["deleteGrants"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/log-requests": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Ask a device for its log
     * @description The command goes out as soon as the client is online. The log is read in the console.
     *
     *     Permission: `diagnostics.request`.
     */
    post: operations["requestLog"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/log-requests/{logRequestId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How far a log request is
     * @description Permission: `diagnostics.read`.
     */
    get: operations["getLogRequest"];
    put?: never;
    post?: never;
    /**
     * Cancel a log request
     * @description Permission: `diagnostics.request`.
     */
    delete: operations["cancelLogRequest"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/log-requests/{logRequestId}/begin": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Let a draft begin
     * @description With the window chosen from the files the phone listed, or before its time.
     *
     *     Permission: `diagnostics.request`.
     */
    post: operations["beginLogRequest"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/bulk-log-requests": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Ask many devices for their logs
     * @description A filter, a group or a list of up to 5,000; a few a minute, and no more once too many fail.
     *
     *     Permission: `diagnostics.request`.
     */
    post: operations["requestLogs"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/bulk-log-requests/{bulkId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How far many log requests are
     * @description Permission: `diagnostics.read`.
     */
    get: operations["getLogRequests"];
    put?: never;
    post?: never;
    /**
     * Cancel many log requests
     * @description Permission: `diagnostics.request`.
     */
    delete: operations["cancelLogRequests"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/bulk-log-requests/{bulkId}/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Go on after too many failed
     * @description Permission: `diagnostics.request`.
     */
    post: operations["resumeLogRequests"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/cluster/marks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Put a mark on the cluster's charts
     * @description For pipelines: a deploy shows beside what it changed.
     *
     *     Permission: `cluster.mark`.
     */
    post: operations["markCluster"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Published: {
      /** @description Of the first target, or of the send; null when there is neither. */
      messageId: string | null;
      /** @description Of the target that came the least far. */
      state: ("accepted" | "acknowledged" | "failed" | "expired") | null;
      acceptedAt: string | null;
      acknowledgedAt: string | null;
      acknowledgement: ("written" | "puback" | "pubcomp") | null;
      /** @description One for each topic it was published to; empty for a send. */
      targets: {
        /** Format: uuid */
        messageId: string;
        topicName: string;
        /** @description The client whose topic it is. */
        clientId: string | null;
        /** @description Of a client: connected; away, and the broker keeps it for its session; away without a session, so that nothing is kept; not known at the moment; never seen. Null for topics of more than one. */
        recipient: ("online" | "queued_for_offline_session" | "no_session" | "unknown" | "client_unknown") | null;
        /** @enum {string} */
        state: "accepted" | "acknowledged" | "failed" | "expired";
        /** Format: date-time */
        acceptedAt: string;
        acknowledgedAt: string | null;
        /** @description What ended it at the broker: QoS 0 is only written. */
        acknowledgement: ("written" | "puback" | "pubcomp") | null;
        /** @description The broker said that nobody subscribes to it (MQTT 5 reason 0x10). False: it did not say so, as many never do. */
        noMatchingSubscribers: boolean;
        /** @description The MQTT 5 reason code of the acknowledgement. */
        reasonCode: number | null;
        failure: string | null;
        /** @description An earlier call with this idempotency key had published it. */
        repeated: boolean;
        /** @description The device's event with the command's id, when it was waited for and came. */
        answer: {
          type: string;
          /** Format: date-time */
          receivedAt: string;
          body: unknown;
        } | null;
      }[];
      /** @description Of a message to many clients: how far it is. Ask again at `/v1/sends/{sendId}`. */
      send: {
        /** Format: uuid */
        sendId: string;
        /**
         * @description `finished`: every message is settled. `failed`: stopped, see `failure`. `lapsed`: not approved in time.
         * @enum {string}
         */
        state: "needs_approval" | "running" | "paused" | "finished" | "cancelled" | "declined" | "lapsed" | "failed";
        /** @enum {string} */
        source: "console" | "api" | "diagnostics" | "send";
        madeBy: string;
        /** @description Made by who asks. */
        own: boolean;
        /** Format: date-time */
        madeAt: string;
        startedAt: string | null;
        endedAt: string | null;
        filters: {
          /** @default [] */
          states: ("online" | "offline_queued" | "offline_gone" | "unknown")[];
          /** @default [] */
          nodes: string[];
          /** @default [] */
          platforms: string[];
          /** @default [] */
          appVersions: string[];
          /** @default null */
          seen: ("hour" | "day" | "week" | "month") | null;
          /** @default false */
          flapping: boolean;
          /** @default null */
          session: ("persistent" | "clean") | null;
        };
        /** @description How many clients its list names; null: it has none. */
        listed: number | null;
        qos: number;
        payloadBytes: number;
        contentType: string | null;
        ratePerSecond: number;
        /** @description Clients when it was made. */
        expected: number;
        /** @description The broker has it. */
        done: number;
        /** @description Accepted, on their way. */
        waiting: number;
        failed: number;
        expired: number;
        /** @description Clients it had no message for: a variable had no value. */
        skipped: number;
        /** @description Settled messages a second so far, without pauses. */
        perSecond: number | null;
        secondsLeft: number | null;
        failure: "more_clients_than_allowed" | null;
        /** @description Of a send that needed a second operator. */
        approval: {
          /** Format: date-time */
          by: string;
          decidedBy: string | null;
          decidedAt: string | null;
        } | null;
      } | null;
    };
    /** @description RFC 9457: why a request was not served. */
    Problem: {
      /** @constant */
      type: "about:blank";
      title: string;
      status: number;
      /** @enum {string} */
      code:
        | "VALIDATION"
        | "UNAUTHENTICATED"
        | "FORBIDDEN"
        | "NOT_FOUND"
        | "CONFLICT"
        | "LIMIT"
        | "UNAVAILABLE"
        | "INTERNAL";
      /** @description What failed and what to do, for a person. */
      detail: string;
      issues?: {
        path: string;
        message: string;
      }[];
      /** @description To give when asking for help. */
      requestId?: string;
    };
    Message: {
      /** Format: uuid */
      messageId: string;
      topicName: string;
      qos: number;
      retain: boolean;
      payloadBytes: number;
      contentType: string | null;
      /** @description The client whose topic it is. */
      clientId: string | null;
      /** @enum {string} */
      source: "console" | "api" | "diagnostics" | "send";
      actorName: string;
      /** @enum {string} */
      state: "accepted" | "acknowledged" | "failed" | "expired";
      /** Format: date-time */
      acceptedAt: string;
      sentAt: string | null;
      acknowledgedAt: string | null;
      acknowledgement: ("written" | "puback" | "pubcomp") | null;
      node: string | null;
      failure: string | null;
      expiresAt: string | null;
      /** @description MQTT 5; 16: the broker says that nobody subscribes to it. */
      reasonCode: number | null;
      /** @description Sent with DUP: an earlier attempt may have reached the broker, so it may arrive twice. */
      dup: boolean;
      packetId: number | null;
      /** @description PUBREC came (QoS 2). */
      receivedAt: string | null;
      /** @description PUBREL went (QoS 2). */
      releasedAt: string | null;
      commandId: string | null;
      /** @description The app's answer to the command it carried. */
      answer: {
        /** Format: date-time */
        at: string;
        type: string;
      } | null;
    };
    RecipientCounts: {
      total: number;
      online: number;
      /** @description Away; the broker keeps it for their session. */
      offlineQueued: number;
      /** @description Away without a session: nothing is kept for them. */
      offlineGone: number;
      unknown: number;
      /** @description Listed clients that never connected: nothing is sent to them. */
      neverSeen: number;
    };
    Send: {
      /** Format: uuid */
      sendId: string;
      /**
       * @description `finished`: every message is settled. `failed`: stopped, see `failure`. `lapsed`: not approved in time.
       * @enum {string}
       */
      state: "needs_approval" | "running" | "paused" | "finished" | "cancelled" | "declined" | "lapsed" | "failed";
      /** @enum {string} */
      source: "console" | "api" | "diagnostics" | "send";
      madeBy: string;
      /** @description Made by who asks. */
      own: boolean;
      /** Format: date-time */
      madeAt: string;
      startedAt: string | null;
      endedAt: string | null;
      filters: {
        /** @default [] */
        states: ("online" | "offline_queued" | "offline_gone" | "unknown")[];
        /** @default [] */
        nodes: string[];
        /** @default [] */
        platforms: string[];
        /** @default [] */
        appVersions: string[];
        /** @default null */
        seen: ("hour" | "day" | "week" | "month") | null;
        /** @default false */
        flapping: boolean;
        /** @default null */
        session: ("persistent" | "clean") | null;
      };
      /** @description How many clients its list names; null: it has none. */
      listed: number | null;
      qos: number;
      payloadBytes: number;
      contentType: string | null;
      ratePerSecond: number;
      /** @description Clients when it was made. */
      expected: number;
      /** @description The broker has it. */
      done: number;
      /** @description Accepted, on their way. */
      waiting: number;
      failed: number;
      expired: number;
      /** @description Clients it had no message for: a variable had no value. */
      skipped: number;
      /** @description Settled messages a second so far, without pauses. */
      perSecond: number | null;
      secondsLeft: number | null;
      failure: "more_clients_than_allowed" | null;
      /** @description Of a send that needed a second operator. */
      approval: {
        /** Format: date-time */
        by: string;
        decidedBy: string | null;
        decidedAt: string | null;
      } | null;
    };
    Presence: {
      clientId: string;
      /** @enum {string} */
      state: "online" | "offline_queued" | "offline_gone" | "unknown";
      /** Format: date-time */
      since: string;
      node: string;
      proof: {
        /** @enum {string} */
        kind: "hook" | "verify" | "sweep" | "ping" | "upload";
        /** Format: date-time */
        at: string;
        ageSeconds: number;
      };
      detail: ("node_silent" | "node_down" | "watch_stopped" | "queue_unreachable") | null;
      endReason:
        | ("taken_over" | "disconnected" | "blocked" | "revoked" | "token_expired" | "session_expired" | "node_lost")
        | null;
      doubtedSince: string | null;
      correctedAt: string | null;
    };
    Person: {
      personId: string;
      name: string | null;
      /** @description E.164. */
      phoneNumber: string | null;
    };
    PeopleImport: {
      /** Format: uuid */
      importId: string;
      /** @enum {string} */
      mode: "merge" | "replace";
      /** @enum {string} */
      state: "receiving" | "waiting" | "running" | "finished" | "failed" | "cancelled";
      startedBy: string;
      /** Format: date-time */
      createdAt: string;
      receivedAt: string | null;
      endedAt: string | null;
      failure: string | null;
      bytes: number;
      rows: {
        received: number;
        read: number;
        written: number;
        refused: number;
      };
      removed: number | null;
      rowsPerSecond: number | null;
      secondsLeft: number | null;
    };
    LogRequest: {
      /** Format: uuid */
      logRequestId: string;
      clientId: string;
      /** @enum {string} */
      state:
        | "draft"
        | "waiting"
        | "sent"
        | "delivered"
        | "accepted"
        | "uploading"
        | "received"
        | "ready"
        | "declined"
        | "failed"
        | "expired"
        | "cancelled";
      /** Format: date-time */
      stateAt: string;
      failure: {
        code: string;
        text: string | null;
      } | null;
      reason: string;
      ticket: string | null;
      /** Format: date-time */
      requestedAt: string;
      /** Format: date-time */
      expiresAt: string;
      /** @description Why it stands still, with what belongs to it: since when, until when, how far; null: it moves or has ended. */
      waits:
        | ({
            /** @enum {string} */
            why:
              | "later"
              | "choice"
              | "neverSeen"
              | "us"
              | "away"
              | "postponed"
              | "goesOut"
              | "underWay"
              | "silent"
              | "notBegun"
              | "stopped";
          } & {
            [key: string]: unknown;
          })
        | null;
      from: string | null;
      to: string | null;
      maxBytes: number;
      onlyFailed: boolean;
      wifiOnly: boolean;
      startsAt: string | null;
      inventoryFirst: boolean;
      /** @description What the phone listed, by its own word; null before it did. */
      files:
        | {
            name: string;
            start?: string | null;
            end?: string | null;
            bytes?: number | null;
          }[]
        | null;
      bulkId: string | null;
      postponedUntil: string | null;
      phone: {
        /** @enum {string} */
        state: "online" | "offline_queued" | "offline_gone" | "unknown";
        /** Format: date-time */
        since: string;
        node: string;
      } | null;
      announcedBytes: number | null;
      sentBytes: number | null;
      progressedAt: string | null;
      /** @description Links to upload it was given so far. */
      links: number;
      /** @description The file came after the request had expired. */
      late: boolean;
      firstCallAt: string | null;
      lastCallAt: string | null;
      /** @description HTTP calls in the log, once it is ready. */
      calls: number | null;
      failedCalls: number | null;
      /** @description Oldest first. */
      steps: {
        /** Format: date-time */
        at: string;
        state: string;
        cause: string;
        note: string | null;
      }[];
    };
    LogRequestBulk: {
      /** Format: uuid */
      bulkId: string;
      /**
       * @description `held`: too many failed, no more are asked. `done`: all were asked.
       * @enum {string}
       */
      state: "running" | "held" | "cancelled" | "done";
      /** Format: date-time */
      stateAt: string;
      reason: string;
      ticket: string | null;
      /** Format: date-time */
      requestedAt: string;
      /** Format: date-time */
      releaseAt: string;
      total: number;
      /** @description Phones asked so far. */
      made: number;
      ratePerMinute: number;
      stopFailedPercent: number | null;
      /** @description Of those asked, by state. */
      counts: {
        [key: string]: number;
      };
      failures: {
        /** @enum {string} */
        failure:
          | "unsupported"
          | "declined"
          | "device"
          | "answerNotUnderstood"
          | "tooLarge"
          | "truncated"
          | "wrongChecksum"
          | "missing"
          | "inflatesTooMuch"
          | "notALog"
          | "keptExpiring"
          | "ours";
        requests: number;
      }[];
      secondsLeft: number | null;
    };
    ClusterMark: {
      id: string;
      /** Format: date-time */
      at: string;
      /** @enum {string} */
      kind: "deploy" | "incident" | "note";
      title: string;
      by: string;
      repeated: boolean;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  publishMessage: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key never publishes twice within 24 hours (as configured); used for something else it is a CONFLICT. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description Where the message goes. */
          to:
            | {
                /** @description A topic name, without wildcards. */
                topicName: string;
              }
            | {
                /** @description The client's inbox topic. */
                clientId: string;
              }
            | {
                /** @description The inbox of each client of the person; at most the 50 latest. */
                personId: string;
              }
            | {
                /** @description The topic of a group, e.g. `android` or `app-12.4`. */
                group: string;
              }
            | {
                /** @description The words of the presence search; what is absent does not narrow. */
                clients: {
                  /** @default [] */
                  states?: ("online" | "offline_queued" | "offline_gone" | "unknown")[];
                  /** @default [] */
                  nodes?: string[];
                  /** @default [] */
                  platforms?: string[];
                  /** @default [] */
                  appVersions?: string[];
                  /** @default null */
                  seen?: ("hour" | "day" | "week" | "month") | null;
                  /** @default false */
                  flapping?: boolean;
                  /** @default null */
                  session?: ("persistent" | "clean") | null;
                  /** @description Only these; one that never connected gets nothing. */
                  clientIds?: string[];
                };
                /** @description Messages a second at most. */
                ratePerSecond?: number;
              };
          payload?: string;
          /** Format: base64 */
          payloadBase64?: string;
          /**
           * @default 1
           * @enum {number}
           */
          qos?: 0 | 1 | 2;
          /** @default false */
          retain?: boolean;
          expirySeconds?: number | null;
          contentType?: string | null;
          userProperties?: {
            [key: string]: string;
          } | null;
          /**
           * @description `accepted`: kept here, it will be sent. `acknowledged`: the broker has it (PUBACK, PUBCOMP). `answered`: the device's event with the payload's `id` as `commandId` came. Waits at most 10 s and then tells the state as it is.
           * @default accepted
           * @enum {string}
           */
          waitFor?: "accepted" | "acknowledged" | "answered";
          idempotencyKey?: unknown;
        };
      };
    };
    responses: {
      /** @description What was waited for is known, or it was published before. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Published"];
        };
      };
      /** @description Accepted; it goes out. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Published"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  publishBatch: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          messages: {
            /** @description Where the message goes. */
            to:
              | {
                  /** @description A topic name, without wildcards. */
                  topicName: string;
                }
              | {
                  /** @description The client's inbox topic. */
                  clientId: string;
                }
              | {
                  /** @description The inbox of each client of the person; at most the 50 latest. */
                  personId: string;
                }
              | {
                  /** @description The topic of a group, e.g. `android` or `app-12.4`. */
                  group: string;
                };
            payload?: string;
            /** Format: base64 */
            payloadBase64?: string;
            /**
             * @default 1
             * @enum {number}
             */
            qos?: 0 | 1 | 2;
            /** @default false */
            retain?: boolean;
            expirySeconds?: number | null;
            contentType?: string | null;
            userProperties?: {
              [key: string]: string;
            } | null;
            /**
             * @description `accepted`: kept here, it will be sent. `acknowledged`: the broker has it (PUBACK, PUBCOMP). `answered`: the device's event with the payload's `id` as `commandId` came. Waits at most 10 s and then tells the state as it is.
             * @default accepted
             * @enum {string}
             */
            waitFor?: "accepted" | "acknowledged" | "answered";
            idempotencyKey?: string | null;
          }[];
        };
      };
    };
    responses: {
      /** @description A result for each message. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description One for each message, in the order given: what it came to, or why it was refused. */
            results: (
              | components["schemas"]["Published"]
              | {
                  problem: components["schemas"]["Problem"];
                }
            )[];
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getMessage: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        messageId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The message, without its payload. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Message"];
        };
      };
      /** @description It is a send to many clients: `/v1/sends/{sendId}`. */
      303: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  countRecipients: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description The words of the presence search; what is absent does not narrow. */
          clients: {
            /** @default [] */
            states?: ("online" | "offline_queued" | "offline_gone" | "unknown")[];
            /** @default [] */
            nodes?: string[];
            /** @default [] */
            platforms?: string[];
            /** @default [] */
            appVersions?: string[];
            /** @default null */
            seen?: ("hour" | "day" | "week" | "month") | null;
            /** @default false */
            flapping?: boolean;
            /** @default null */
            session?: ("persistent" | "clean") | null;
            /** @description Only these; one that never connected gets nothing. */
            clientIds?: string[];
          };
        };
      };
    };
    responses: {
      /** @description How many clients, by state. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RecipientCounts"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listSends: {
    parameters: {
      query?: {
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Newest first, a page at a time. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Newest first. */
            sends: components["schemas"]["Send"][];
            nextCursor: string | null;
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getSend: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        sendId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Its progress. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Send"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  pauseSend: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        sendId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The send. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Send"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  resumeSend: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        sendId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The send. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Send"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  cancelSend: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        sendId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The send. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Send"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getPresence: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        clientId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Its state, since when, and the proof with its age. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Presence"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  queryPresence: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          clientIds: string[];
        };
      };
    };
    responses: {
      /** @description Those that were ever seen, and those that were not. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description In the order asked. */
            presences: components["schemas"]["Presence"][];
            /** @description Clients no session of which was ever seen. */
            neverSeen: string[];
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getPersonPresence: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        personId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The best of their clients, and each of them. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            personId: string;
            /** @description The best of their clients'; null: none ever had a session. */
            state: ("online" | "offline_queued" | "offline_gone" | "unknown") | null;
            since: string | null;
            clients: components["schemas"]["Presence"][];
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  putPerson: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        personId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name?: string | null;
          phoneNumber?: string | null;
        };
      };
    };
    responses: {
      /** @description The person as kept. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Person"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  forgetPerson: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        personId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Clients of theirs that were forgotten. */
            clients: number;
            /** @description Rows that went, by what they were. */
            removed: {
              [key: string]: number;
            };
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  putPeople: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          personId: string;
          name?: string | null;
          phoneNumber?: string | null;
        }[];
      };
    };
    responses: {
      /** @description The people as kept. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Person"][];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  importPeople: {
    parameters: {
      query?: {
        mode?: "merge" | "replace";
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/x-ndjson": string;
      };
    };
    responses: {
      /** @description Received. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** Format: uuid */
            importId: string;
            /** @constant */
            state: "waiting";
            rows: {
              received: number;
            };
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getImport: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        importId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Its progress. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PeopleImport"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  cancelImport: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        importId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What was merged stays. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            cancelled: boolean;
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getImportErrors: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        importId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description JSON lines: the number of a line and why it was refused. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/x-ndjson": string;
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  revokeTokens: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json":
          | (
              | {
                  /** @description SHA-256 of the whole token, in hex. */
                  tokenHash: string;
                  /**
                   * Format: date-time
                   * @description When the token expires: after it the revocation is forgotten. 30 days unless given.
                   */
                  until?: string;
                  reason?: string;
                }
              | {
                  /** @description The token's `jti`. */
                  tokenId: string;
                  /** Format: date-time */
                  until?: string;
                  reason?: string;
                }
              | {
                  /** @description All tokens issued to this person before now. */
                  personId: string;
                  /** Format: date-time */
                  until?: string;
                  reason?: string;
                }
            )[]
          | (
              | {
                  /** @description SHA-256 of the whole token, in hex. */
                  tokenHash: string;
                  /**
                   * Format: date-time
                   * @description When the token expires: after it the revocation is forgotten. 30 days unless given.
                   */
                  until?: string;
                  reason?: string;
                }
              | {
                  /** @description The token's `jti`. */
                  tokenId: string;
                  /** Format: date-time */
                  until?: string;
                  reason?: string;
                }
              | {
                  /** @description All tokens issued to this person before now. */
                  personId: string;
                  /** Format: date-time */
                  until?: string;
                  reason?: string;
                }
            );
      };
    };
    responses: {
      /** @description How many were taken in. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            revoked: number;
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  releaseClient: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        clientId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
        };
      };
    };
    responses: {
      /** @description It is free. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            outcome: "released" | "waiting";
          };
        };
      };
      /** @description It is closed, and free as soon as the broker has ended its session. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            outcome: "released" | "waiting";
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  putGrants: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json":
          | {
              personId: string;
              topicFilter: string;
              /**
               * @default subscribe
               * @enum {string}
               */
              action?: "subscribe" | "publish";
              expiresAt?: string | null;
            }[]
          | {
              personId: string;
              topicFilter: string;
              /**
               * @default subscribe
               * @enum {string}
               */
              action?: "subscribe" | "publish";
              expiresAt?: string | null;
            };
      };
    };
    responses: {
      /** @description How many were put. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            granted: number;
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  deleteGrants: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json":
          | {
              personId: string;
              topicFilter: string;
              /**
               * @default subscribe
               * @enum {string}
               */
              action?: "subscribe" | "publish";
            }[]
          | {
              personId: string;
              topicFilter: string;
              /**
               * @default subscribe
               * @enum {string}
               */
              action?: "subscribe" | "publish";
            };
      };
    };
    responses: {
      /** @description How many there were. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            deleted: number;
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  requestLog: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          clientId: string;
          reason: string;
          ticket?: string;
          /** Format: date-time */
          from?: string;
          /** Format: date-time */
          to?: string;
          /** @default 67108864 */
          maxBytes?: number;
          /**
           * @description Only calls that failed.
           * @default false
           */
          onlyFailed?: boolean;
          /**
           * @description Not over a mobile network: the phone is asked again until it has Wi-Fi.
           * @default false
           */
          wifiOnly?: boolean;
          /**
           * Format: date-time
           * @description Not before; absent: when the client is next online.
           */
          startsAt?: string;
          /**
           * @description From its start.
           * @default 72
           */
          expiresInHours?: number;
          /**
           * @description First for the list of its files; then it waits as a draft until it is begun with a window.
           * @default false
           */
          inventoryFirst?: boolean;
        };
      };
    };
    responses: {
      /** @description Asked. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** Format: uuid */
            logRequestId: string;
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getLogRequest: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        logRequestId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Its state and its steps. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["LogRequest"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  cancelLogRequest: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        logRequestId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Ended. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            state:
              | "draft"
              | "waiting"
              | "sent"
              | "delivered"
              | "accepted"
              | "uploading"
              | "received"
              | "ready"
              | "declined"
              | "failed"
              | "expired"
              | "cancelled";
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  beginLogRequest: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        logRequestId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** Format: date-time */
          from?: string;
          /** Format: date-time */
          to?: string;
          onlyFailed?: boolean;
        };
      };
    };
    responses: {
      /** @description It goes out as soon as the client is online. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            state:
              | "draft"
              | "waiting"
              | "sent"
              | "delivered"
              | "accepted"
              | "uploading"
              | "received"
              | "ready"
              | "declined"
              | "failed"
              | "expired"
              | "cancelled";
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  requestLogs: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          clients: {
            /** @default [] */
            states?: ("online" | "offline_queued" | "offline_gone" | "unknown")[];
            /** @default [] */
            nodes?: string[];
            /** @default [] */
            platforms?: string[];
            /** @default [] */
            appVersions?: string[];
            /** @default null */
            seen?: ("hour" | "day" | "week" | "month") | null;
            /** @default false */
            flapping?: boolean;
            /** @default null */
            session?: ("persistent" | "clean") | null;
            /** @description Only these; one that never connected gets nothing. */
            clientIds?: string[];
            /** @description One of the groups phones may join: their platform, or their app's version. */
            group?: string;
          };
          reason: string;
          ticket?: string;
          /** Format: date-time */
          from?: string;
          /** Format: date-time */
          to?: string;
          /** @default 67108864 */
          maxBytes?: number;
          /**
           * @description Only calls that failed.
           * @default false
           */
          onlyFailed?: boolean;
          /**
           * @description Not over a mobile network: the phone is asked again until it has Wi-Fi.
           * @default false
           */
          wifiOnly?: boolean;
          /**
           * Format: date-time
           * @description Not before; absent: when the client is next online.
           */
          startsAt?: string;
          /**
           * @description From its start.
           * @default 72
           */
          expiresInHours?: number;
          /**
           * @description Phones asked a minute at most.
           * @default 60
           */
          ratePerMinute?: number;
          /**
           * @description No more are asked once this share of those that ended did so without a log; null: go on.
           * @default 20
           */
          stopFailedPercent?: number | null;
          /** @description The number of phones that was shown and agreed to. */
          confirmedClients: number;
        };
      };
    };
    responses: {
      /** @description Asked. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** Format: uuid */
            bulkId: string;
            total: number;
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  getLogRequests: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        bulkId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Their progress as one. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["LogRequestBulk"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  cancelLogRequests: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        bulkId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Nothing more is asked; what was asked is taken back. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            state: "cancelled";
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  resumeLogRequests: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        bulkId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            state: "running";
          };
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  markCluster: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key never publishes twice within 24 hours (as configured); used for something else it is a CONFLICT. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @enum {string} */
          kind: "deploy" | "incident" | "note";
          title: string;
          /** Format: date-time */
          at?: string;
        };
      };
    };
    responses: {
      /** @description It was marked before, with this idempotency key. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ClusterMark"];
        };
      };
      /** @description Marked. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ClusterMark"];
        };
      };
      /** @description Why not. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
}
