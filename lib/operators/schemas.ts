import { z } from "zod";
import { PERMISSIONS, ROLES, type Permission } from "@/lib/rbac/permissions";
import { legible } from "@/lib/format/kept-text";
import { PASSWORD_LENGTH } from "./terms";

/** How long a link to set a password holds. A guess to revisit: over a weekend. */
export const INVITE_HOURS = 72;

/** Of how many characters; how easily it is guessed is judged with its owner's name (set-password.ts). */
export const passwordSchema = z
  .string()
  .min(PASSWORD_LENGTH.least, "A password has at least {minimum} characters.")
  .max(PASSWORD_LENGTH.most, "A password has at most {maximum} characters.");

/** A role's name: one of ours or a custom one's. */
export const roleNameSchema = z.string().trim().min(2).max(40);

export const customRoleSchema = z.strictObject({
  // What stands in sentences, tables and the audit.
  name: roleNameSchema
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, "A name is made of letters, digits, spaces, dots and dashes.")
    .refine(
      (name) => !ROLES.some((role) => role === name.toLowerCase()),
      "This is one of the product's own roles, which do not change.",
    ),
  permissions: z
    .array(z.enum(PERMISSIONS))
    .max(PERMISSIONS.length)
    .transform((given) => PERMISSIONS.filter((one) => given.includes(one))),
});

export const inviteSchema = z.strictObject({
  email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
  name: z.string().overwrite(legible).trim().min(1).max(80),
  role: roleNameSchema,
});

export const operatorIdSchema = z.strictObject({ operatorId: z.uuid() });

/** What is typed as a second factor: six digits of an app, or a recovery code with its dashes. */
export const codeSchema = z.strictObject({ code: z.string().trim().min(6).max(40) });

/** A secret for an authenticator app, as it is told, once. */
export interface SecretToEnrol {
  /** Base32. */
  secret: string;
  /** The same as an `otpauth:` address, for a QR picture. */
  uri: string;
}

/** What stands in for the app, as it is told, once. */
export interface RecoveryCodes {
  recoveryCodes: string[];
}

/** A role made here. */
export interface CustomRole {
  name: string;
  permissions: readonly Permission[];
  changedBy: string;
  /** ISO 8601, UTC. */
  changedAt: string;
  /** Whose role it is now. */
  operators: number;
}

export interface StaffMember {
  id: string;
  email: string;
  name: string;
  /** One of ROLES, or the name of a custom one. */
  role: string;
  /** Made by a practice stack. */
  practice: boolean;
  /** Signs in by the identity provider. */
  byProvider: boolean;
  hasPassword: boolean;
  /** What is asked for beside the password; null without. */
  secondFactor: {
    /** ISO 8601, UTC. */
    since: string;
    recoveryCodesLeft: number;
  } | null;
  /** ISO 8601; a link to set a password is out until then. */
  invitedUntil: string | null;
  /** ISO 8601; null while they may sign in. */
  disabledAt: string | null;
  /** ISO 8601; null when they never did. */
  lastSignInAt: string | null;
  openSessions: number;
}

/** One sign-in of an operator and what became of it. */
export interface SessionItem {
  id: string;
  method: "password" | "provider";
  /** As its browser called itself; empty when it said nothing. */
  device: string;
  address: string | null;
  /** ISO 8601, UTC. */
  startedAt: string;
  renewedAt: string;
  /** Open: it may act now. Expired: past a limit, without anyone ending it. */
  state: "open" | "expired" | "signed_out" | "revoked" | "disabled" | "password";
  endedAt: string | null;
  endedBy: string | null;
  /** The one that asks. */
  isOwn: boolean;
}

/** A sign-in as the audit keeps it. */
export interface SignInItem {
  /** Of its audit row. */
  id: number;
  /** ISO 8601, UTC. */
  at: string;
  accepted: boolean;
  /** Why not, in the audit's word; null when accepted. */
  cause: string | null;
  method: string | null;
  device: string | null;
  address: string | null;
}

/** A time in which somebody saw names and numbers whole. */
export interface UnmaskingItem {
  id: string;
  operatorId: string;
  name: string;
  kind: "unmask" | "break_glass";
  purpose: string;
  ticket: string | null;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** In the future while it lasts. */
  endsAt: string;
  /** Looks at people in it, as the audit has them. */
  looks: number;
  reviewedAt: string | null;
  reviewedBy: string | null;
}

/** Someone of the staff with how they come and came in. */
export interface Account {
  operator: StaffMember;
  /** Newest first, at most 50. */
  sessions: readonly SessionItem[];
  /** Newest first, at most 50. */
  signIns: readonly SignInItem[];
}
