import { useTranslations } from "next-intl";
import { Age } from "@/components/ui/age";
import { EmptyState } from "@/components/ui/empty-state";
import type { StaffMember } from "@/lib/operators/list-operators";
import styles from "./operators.module.css";

/** The staff: who, what they may do, since when they were last here. */
export function StaffTable({ operators, selfId }: { operators: readonly StaffMember[]; selfId: string }) {
  const t = useTranslations("operators");
  const shell = useTranslations("shell");
  if (operators.length === 0)
    return (
      <EmptyState icon="people" title={t("staff.none")}>
        {t("staff.noneAbout")}
      </EmptyState>
    );
  return (
    <div className={styles.scroll}>
      <table>
        <thead>
          <tr>
            {(["name", "email", "role", "lastSignIn", "state"] as const).map((column) => (
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
                <span className="b">{member.name}</span>{" "}
                {member.id === selfId ? <span className="tag">{t("staff.you")}</span> : null}{" "}
                {member.practice ? <span className="tag line">{t("staff.practice")}</span> : null}
              </td>
              <td className="mono">{member.email}</td>
              <td>{shell(`roles.${member.role}`)}</td>
              <td>
                {member.lastSignInAt ? (
                  <Age at={member.lastSignInAt} />
                ) : (
                  <span className="t3">{t("staff.never")}</span>
                )}
              </td>
              <td>
                {member.disabledAt ? (
                  <>
                    {t("staff.closed")} <Age at={member.disabledAt} />
                  </>
                ) : (
                  t("staff.open")
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
