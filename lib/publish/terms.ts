/** The most clients one send's list names: within what a request's body may have. */
export const MOST_LISTED = 5_000;

/** The most messages a second a send may ask for. A guess to revisit by bench/publish.bench.ts: more than one publisher drains. */
export const MOST_SEND_RATE = 10_000;

/** The most MQTT 5 user properties of one message. */
export const MOST_USER_PROPERTIES = 20;
