"use client";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Panel } from "@/components/ui/panel";
import { Scroll } from "@/components/ui/scroll";
import { useRoleName } from "@/components/ui/use-role-name";
import type { CustomRole } from "@/lib/operators/schemas";
import { PERMISSIONS, ROLE_PERMISSIONS, ROLES, type Permission } from "@/lib/rbac/permissions";
import styles from "./operators.module.css";

const RoleDialog = lazy(() => import("./role-dialog"));

type Asked = { what: "create" } | { what: "change"; role: CustomRole };

/** Role by permission, from the table that the verbs themselves ask, with the roles made here. */
export function RolesPanel({ custom, mayManage }: { custom: readonly CustomRole[]; mayManage: boolean }) {
  const t = useTranslations("operators");
  const roleName = useRoleName();
  const [asked, setAsked] = useState<Asked | null>(null);
  const roles: { name: string; permissions: readonly Permission[]; own: CustomRole | null }[] = [
    ...ROLES.map((name) => ({ name, permissions: ROLE_PERMISSIONS[name], own: null })),
    ...custom.map((role) => ({ name: role.name, permissions: role.permissions, own: role })),
  ];
  const make = (
    <Button size="small" icon="plus" onClick={() => setAsked({ what: "create" })}>
      {t("roles.make")}
    </Button>
  );
  return (
    <Panel title={t("roles.title")} sub={t("roles.about")} {...(mayManage ? { actions: make } : {})}>
      <Scroll label={t("roles.title")}>
        <table className={`tight ${styles.roles}`}>
          <thead>
            <tr>
              <th scope="col">{t("roles.permission")}</th>
              {roles.map(({ name, own }) => (
                <th key={name} scope="col">
                  {own && mayManage ? (
                    <button
                      type="button"
                      className={`link ${styles.role}`}
                      onClick={() => setAsked({ what: "change", role: own })}
                    >
                      {name}
                      <span className="vh">{t("roles.change")}</span>
                    </button>
                  ) : (
                    roleName(name)
                  )}
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
                {roles.map(({ name, permissions }) => (
                  <td key={name}>
                    {permissions.includes(permission) ? (
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
      </Scroll>
      {asked ? (
        <Suspense fallback={null}>
          <RoleDialog role={asked.what === "change" ? asked.role : null} onClose={() => setAsked(null)} />
        </Suspense>
      ) : null}
    </Panel>
  );
}
