import { queryOptions } from "@tanstack/react-query";
import type { SentInvite } from "@/lib/http/console-mail";
import type {
  Account,
  CustomRole,
  RecoveryCodes,
  SecretToEnrol,
  StaffMember,
  UnmaskingItem,
} from "@/lib/operators/schemas";
import type { Permission } from "@/lib/rbac/permissions";
import { deleteJson, getJson, postJson } from "./request";

const pathOf = (operatorId: string): string => `/api/operators/${encodeURIComponent(operatorId)}`;
const roleOf = (name: string): string => `/api/operators/roles/${encodeURIComponent(name)}`;

/** What the staff page shows is not told live. */
const EVERY_MS = 30_000;

/** The staff, by name. */
export const staffQuery = () =>
  queryOptions({
    queryKey: ["operators", "staff"] as const,
    queryFn: ({ signal }) => getJson<{ operators: StaffMember[]; truncated: boolean }>("/api/operators", { signal }),
    refetchInterval: EVERY_MS,
  });

/** The roles made here. */
export const rolesQuery = () =>
  queryOptions({
    queryKey: ["operators", "roles"] as const,
    queryFn: ({ signal }) => getJson<CustomRole[]>("/api/operators/roles", { signal }),
  });

/** One of the staff with their sessions and sign-ins. */
export const operatorQuery = (operatorId: string) =>
  queryOptions({
    queryKey: ["operators", "one", operatorId] as const,
    queryFn: ({ signal }) => getJson<Account>(pathOf(operatorId), { signal }),
    refetchInterval: EVERY_MS,
  });

/** One's own account. */
export const accountQuery = () =>
  queryOptions({
    queryKey: ["operators", "own"] as const,
    queryFn: ({ signal }) => getJson<Account>("/api/account", { signal }),
    refetchInterval: EVERY_MS,
  });

/** Who saw names and numbers whole, and why. */
export const unmaskingsQuery = () =>
  queryOptions({
    queryKey: ["operators", "unmaskings"] as const,
    queryFn: ({ signal }) => getJson<UnmaskingItem[]>("/api/operators/unmaskings", { signal }),
    refetchInterval: EVERY_MS,
  });

/** Keeps that somebody else looked at why it was done. */
export const reviewUnmasking = (unmaskingId: string): Promise<void> =>
  postJson(`/api/operators/unmaskings/${encodeURIComponent(unmaskingId)}/review`, {});

/** Makes an account; its owner is mailed a link, or the answer shows it once. */
export const inviteOperator = (input: { email: string; name: string; role: string }): Promise<SentInvite> =>
  postJson("/api/operators", input);

/** A new link to set a password. */
export const renewInvite = (operatorId: string): Promise<SentInvite> => postJson(`${pathOf(operatorId)}/invite`, {});

/** Another role, from their next request on. */
export const changeOperatorRole = ({ operatorId, role }: { operatorId: string; role: string }): Promise<void> =>
  postJson(`${pathOf(operatorId)}/role`, { role });

/** Closes an account, or opens it again. */
export const closeOperator = (operatorId: string): Promise<void> => postJson(`${pathOf(operatorId)}/disable`, {});
export const openOperator = (operatorId: string): Promise<void> => postJson(`${pathOf(operatorId)}/enable`, {});

/** Ends one of an operator's sessions, or without a name all. */
export const endOperatorSessions = (of: { operatorId: string; sessionId?: string }): Promise<{ ended: number }> =>
  postJson(`${pathOf(of.operatorId)}/sessions/end`, of.sessionId ? { sessionId: of.sessionId } : {});

/** Ends one of one's own sessions, or without a name all others. */
export const endOwnSessions = (sessionId?: string): Promise<{ ended: number }> =>
  postJson("/api/account/sessions/end", sessionId ? { sessionId } : {});

/** Changes one's own password. */
export const changePassword = (input: { current: string; password: string }): Promise<{ ended: number }> =>
  postJson("/api/account/password", input);

/** Begins a second factor of one's own: a secret for an authenticator app, told once. */
export const beginSecondFactor = (password: string): Promise<SecretToEnrol> =>
  postJson("/api/account/second-factor", { password });

/** Turns it on by a code of that app; recovery codes, told once. */
export const confirmSecondFactor = (code: string): Promise<RecoveryCodes> =>
  postJson("/api/account/second-factor/confirm", { code });

/** New recovery codes, told once, by a code. */
export const renewRecoveryCodes = (code: string): Promise<RecoveryCodes> =>
  postJson("/api/account/second-factor/recovery-codes", { code });

/** Turns one's own off, by a code. */
export const removeSecondFactor = (code: string): Promise<void> =>
  postJson("/api/account/second-factor/remove", { code });

/** Takes away an operator's, which is lost. */
export const takeSecondFactor = (operatorId: string): Promise<void> =>
  postJson(`${pathOf(operatorId)}/second-factor/take`, {});

/** Sets a password by the token of a link; the e-mail to sign in with. */
export const acceptInvite = (input: { token: string; password: string }): Promise<{ email: string }> =>
  postJson("/api/account/invite", input);

/** Makes a role, or changes one that is there. */
export const createRole = (role: { name: string; permissions: readonly Permission[] }): Promise<void> =>
  postJson("/api/operators/roles", role);
export const changeRole = ({ name, permissions }: Pick<CustomRole, "name" | "permissions">): Promise<void> =>
  postJson(roleOf(name), { permissions });

/** Deletes a role that nobody has. */
export const deleteRole = (name: string): Promise<void> => deleteJson(roleOf(name));
