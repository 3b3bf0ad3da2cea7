import { randomUUID } from "node:crypto";
import { expect, type APIRequestContext } from "@playwright/test";
import { attempt, ESCAPES, longAttempt } from "./attempts";
import type { HostilePhone } from "./hostile-phone";
import { addresses, secrets } from "./stack";

/** The fields that operators and services fill, filled with attempts by the ways they have. */

/** Where what was filled is found: the words in braces of a path. */
export type Filled = Record<
  "clientId" | "sends" | "declines" | "lists" | "shared" | "message" | "alert" | "rule" | "mark",
  string
>;

type Post = (path: string, data: object) => Promise<Record<string, string>>;

/** As a service with a key: a person's name. */
export async function fillAsService(request: APIRequestContext, personId: string): Promise<void> {
  const answer = await request.put(`${addresses.publisher}/v1/people/${personId}`, {
    headers: { authorization: `Bearer ${secrets().practiceApiKey}` },
    data: { name: longAttempt("person-name") },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** As an engineer and an administrator. The phones are connected, one for each way to answer the request of a log. */
export async function fillAsOperators(
  requests: Record<"engineer" | "admin", APIRequestContext>,
  phones: Phones,
): Promise<Filled> {
  const [engineer, admin] = [posting(requests.engineer), posting(requests.admin)];
  const { clientId } = phones.sends;
  await expect.poll(async () => (await requests.engineer.get(`/api/presence/${clientId}`)).status()).toBe(200);
  const ticket = attempt("unmask-ticket");
  for (const post of [engineer, admin])
    await post("/api/account/unmask", { purpose: longAttempt("unmask-purpose"), ticket });
  const rule = await fillAlerts(admin);
  await fillAccess(admin);
  const { id: mark } = await admin("/api/cluster/marks", { kind: "incident", title: attempt("mark-title") });
  await engineer(`/api/presence/${clientId}/notes`, { text: `${longAttempt("note")}${ESCAPES}` });
  const message = await fillMessages(engineer);
  const logs = await fillLogs(engineer, requests.engineer, phones);
  return { clientId, rule, mark: String(mark), message, ...logs, alert: await noteAlert(admin, requests.admin, rule) };
}

/** Takes back what other specs would meet. */
export async function clearFields(request: APIRequestContext, { rule, mark }: Filled): Promise<void> {
  await posting(request)("/api/account/mask", {});
  for (const path of [`/api/alerts/rules/${rule}`, `/api/cluster/marks/${mark}`])
    await request.delete(path, { headers: { origin: addresses.console } });
}

type Phones = Record<"sends" | "declines" | "lists", HostilePhone>;

const posting =
  (request: APIRequestContext): Post =>
  async (path, data) => {
    const answer = await request.post(path, { headers: { origin: addresses.console }, data });
    const text = await answer.text();
    expect(answer.ok(), `${path}: ${text}`).toBe(true);
    return text === "" ? {} : (JSON.parse(text) as Record<string, string>);
  };

async function fillAccess(post: Post): Promise<void> {
  const ends = new Date(Date.now() + 600_000).toISOString();
  const network = { kind: "network", subject: "203.0.113.0/24", until: ends };
  await post("/api/access/blocks", { ...network, reason: longAttempt("network-reason") });
  await post("/api/access/keys", { name: attempt("key-name"), permissions: ["presence.read"] });
  await post("/api/access/role-topics", { role: "engineer", action: "tail", topicFilter: attempt("role-topic") });
  const endpoint = { url: "https://hooks.example.com/lc", eventTypes: ["presence.changed"] };
  const { endpointId } = await post("/api/webhooks", { name: attempt("webhook-name"), ...endpoint });
  // Nobody is there to be told of the other specs.
  await post(`/api/webhooks/${endpointId}/state`, { state: "disabled" });
  const operator = { name: attempt("operator-name"), role: "auditor" };
  await post("/api/operators", { email: `attempt-${randomUUID()}@example.com`, ...operator });
}

async function fillLogs(post: Post, request: APIRequestContext, phones: Phones) {
  const ask = async (phone: HostilePhone, inventoryFirst = false): Promise<string> => {
    const why = { reason: longAttempt("log-reason"), ticket: attempt("log-ticket") };
    const { logRequestId } = await post("/api/diagnostics", { clientId: phone.clientId, inventoryFirst, ...why });
    return String(logRequestId);
  };
  const becomes = (id: string, word: string) =>
    expect
      .poll(async () => await (await request.get(`/api/diagnostics/${id}`)).text(), { timeout: 30_000 })
      .toContain(word);
  const asked = {
    sends: await ask(phones.sends),
    declines: await ask(phones.declines),
    lists: await ask(phones.lists, true),
  };
  await becomes(asked.declines, "declined-reason");
  await becomes(asked.lists, "file-name");
  await becomes(asked.sends, '"state":"ready"');
  await post(`/api/diagnostics/${asked.sends}/log/notes`, { line: 1, text: longAttempt("log-note") });
  const { shareId } = await post(`/api/diagnostics/${asked.sends}/log/shares`, {});
  return { ...asked, shared: String(shareId) };
}

async function fillMessages(post: Post): Promise<string> {
  const content = {
    topicName: longAttempt("saved-topic"),
    qos: 1,
    retain: false,
    expirySeconds: null,
    format: "json",
    payload: JSON.stringify({ saved: attempt("saved-payload") }),
    contentType: attempt("saved-type"),
    userProperties: [{ name: attempt("saved-property"), value: attempt("saved-value") }],
  };
  await post("/api/publish/saved", { name: attempt("saved-name"), shared: false, content });
  await post("/api/publish/saved/import", { messages: [{ name: attempt("imported-name"), content }] });
  const { messageId } = await post("/api/publish", {
    to: { topicName: longAttempt("message-topic") },
    payload: `${longAttempt("message-payload")}${ESCAPES}`,
    contentType: attempt("message-type"),
    userProperties: { [attempt("property-name")]: longAttempt("property-value") },
  });
  return String(messageId);
}

/** A rule that always holds, so that it is an alert soon; and a channel. */
async function fillAlerts(post: Post): Promise<string> {
  const target = { kind: "webhook", url: "https://hooks.example.com/alerts" };
  // Off: it would be told of other specs' alerts.
  await post("/api/alerts/channels", { name: attempt("channel-name"), severities: ["warn"], enabled: false, target });
  const expression = { metric: "watch_age_seconds", fn: "value", per: "max" };
  const holds = { comparison: "atLeast", threshold: 0, clearThreshold: -1, forSeconds: 0, clearForSeconds: 0 };
  const { ruleId } = await post("/api/alerts/rules", {
    name: attempt("rule-name"),
    runbook: longAttempt("rule-runbook"),
    severity: "warn",
    enabled: true,
    condition: { expression, ...holds },
  });
  return String(ruleId);
}

async function noteAlert(post: Post, request: APIRequestContext, ruleId: string): Promise<string> {
  let found = "";
  const isOpen = async (): Promise<string> => {
    const answer = await request.get("/api/alerts?status=open");
    const { alerts } = (await answer.json()) as { alerts: { id: string; ruleId: string }[] };
    found = alerts.find((alert) => alert.ruleId === ruleId)?.id ?? "";
    return found;
  };
  await expect.poll(isOpen, { timeout: 30_000 }).not.toBe("");
  await post(`/api/alerts/${found}/acknowledge`, { note: longAttempt("alert-note") });
  return found;
}
