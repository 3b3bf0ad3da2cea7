import { useTranslations } from "next-intl";
import { Icon } from "@/components/ui/icon";
import { PERMISSIONS, roleMay, ROLES } from "@/lib/rbac/permissions";
import styles from "./operators.module.css";

/** Role by permission, from the table that the verbs themselves ask. */
export function RolesTable() {
  const t = useTranslations("operators");
  const shell = useTranslations("shell");
  return (
    <div className={styles.scroll}>
      <table className={`tight ${styles.roles}`}>
        <thead>
          <tr>
            <th scope="col">{t("roles.permission")}</th>
            {ROLES.map((role) => (
              <th key={role} scope="col">
                {shell(`roles.${role}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PERMISSIONS.map((permission) => (
            <tr key={permission}>
              <th scope="row">
                {t(`permissions.${permission}`)} <span className={`mono ${styles.word}`}>{permission}</span>
              </th>
              {ROLES.map((role) => (
                <td key={role}>
                  {roleMay(role, permission) ? (
                    <>
                      <Icon name="check" />
                      <span className="vh">{t("roles.may")}</span>
                    </>
                  ) : (
                    <span className="vh">{t("roles.mayNot")}</span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
