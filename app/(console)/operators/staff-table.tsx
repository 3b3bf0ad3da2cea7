"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age, Until } from "@/components/ui/age";
import { EmptyState } from "@/components/ui/empty-state";
import { useRoleName } from "@/components/ui/use-role-name";
import type { StaffMember } from "@/lib/operators/schemas";

/** The staff: who, what they may do, since when they were last here. */
export function StaffTable({ operators, selfId }: { operators: readonly StaffMember[]; selfId: string }) {
  const t = useTranslations("operators");
  const roleName = useRoleName();
  if (operators.length === 0)
    return (
      <EmptyState icon="people" title={t("staff.none")}>
        {t("staff.noneAbout")}
      </EmptyState>
    );
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            {(["name", "email", "role", "secondFactor", "lastSignIn", "sessions", "state"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`staff.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {operators.map((member) => (
            <tr key={member.id}>
              <td>
                <Link className="link b" href={`/operators/${member.id}`}>
                  {member.name}
                </Link>{" "}
                {member.id === selfId ? <span className="tag">{t("staff.you")}</span> : null}{" "}
                {member.practice ? <span className="tag line">{t("staff.practice")}</span> : null}{" "}
                {member.byProvider ? <span className="tag line">{t("staff.byProvider")}</span> : null}
              </td>
              <td className="mono">{member.email}</td>
              <td>{roleName(member.role)}</td>
              <td>
                {member.secondFactor ? (
                  t("staff.factor.app")
                ) : (
                  <span className="t3">{t(`staff.factor.${member.byProvider ? "provider" : "none"}`)}</span>
                )}
              </td>
              <td>
                {member.lastSignInAt ? (
                  <Age at={member.lastSignInAt} />
                ) : (
                  <span className="t3">{t("staff.never")}</span>
                )}
              </td>
              <td className="tnum">{member.openSessions}</td>
              <td>
                <StaffState member={member} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whether someone has yet to come in for the first time. */
export const isInvited = ({ disabledAt, hasPassword, byProvider }: StaffMember): boolean =>
  disabledAt === null && !hasPassword && !byProvider;

/** Whether someone may sign in; if not, why. */
export function StaffState({ member }: { member: StaffMember }) {
  const t = useTranslations("operators.staff");
  if (member.disabledAt)
    return (
      <>
        {t("closed")} <Age at={member.disabledAt} />
      </>
    );
  if (!isInvited(member)) return t("open");
  return member.invitedUntil ? (
    <>
      {t("invited")} <Until at={member.invitedUntil} />
    </>
  ) : (
    t("inviteExpired")
  );
}
