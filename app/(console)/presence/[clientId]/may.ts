/** What the operator may do on a client's page. */
export interface May {
  verify: boolean;
  timeline: boolean;
  note: boolean;
  requestLogs: boolean;
  publish: boolean;
  disconnect: boolean;
  /** Make it nobody's. */
  release: boolean;
  /** See what it asked for and was refused. */
  refusedTopics: boolean;
  block: boolean;
  /** Give a copy of what is kept of the person, or forget them. */
  people: boolean;
}
