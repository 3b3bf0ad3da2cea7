"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { SelectField } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import { useRoleName } from "@/components/ui/use-role-name";
import { allowRoleTopic, denyRoleTopic, roleTopicsQuery, type Allowed } from "@/lib/api-client/role-topics";
import type { RoleTopic, RoleTopicAction } from "@/lib/access/schemas";
import styles from "./access.module.css";

// Whoever may publish or watch at all: lib/rbac/permissions.ts.
const ACTIONS: readonly RoleTopicAction[] = ["publish", "tail"];

/** Where operators of a role may publish from the console, and what they may watch. */
export function RoleTopicsPanel({ roles, mayManage }: { roles: readonly string[]; mayManage: boolean }) {
  const t = useTranslations("access");
  const words = useTranslations("components");
  const roleName = useRoleName();
  const query = useQuery(roleTopicsQuery());
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: roleTopicsQuery().queryKey });
  const wordsOf = ({ role, action, topicFilter }: Allowed) => ({
    role: roleName(role),
    action: t(`roleTopics.actions.${action}`),
    filter: topicFilter,
  });
  const restore = useMutation({ mutationFn: allowRoleTopic, onSuccess: refresh });
  const deny = useMutation({
    mutationFn: denyRoleTopic,
    onSuccess: (_, denied) => {
      toast.done({
        title: t("roleTopics.denied", wordsOf(denied)),
        action: { label: words("undo"), onPress: () => restore.mutate(denied) },
      });
      return refresh();
    },
  });
  return (
    <Panel title={t("roleTopics.title")} sub={t("roleTopics.about")}>
      {query.data ? (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th>{t("roleTopics.role")}</th>
                <th>{t("roleTopics.may")}</th>
                <th>{t("roleTopics.filter")}</th>
                <th>{t("roleTopics.by")}</th>
                <th>
                  <span className="vh">{t("roleTopics.deny")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {query.data.map((row) => (
                <tr key={`${row.role} ${row.action} ${row.topicFilter}`}>
                  <td>{roleName(row.role)}</td>
                  <td>{t(`roleTopics.actions.${row.action}`)}</td>
                  <td className="mono">{row.topicFilter}</td>
                  <td className="t2">{row.allowedBy}</td>
                  <td className="r">
                    {mayManage ? (
                      <Button
                        size="small"
                        kind="danger"
                        busy={deny.isPending && isSame(deny.variables, row)}
                        aria-label={t("roleTopics.denyOne", wordsOf(row))}
                        onClick={() =>
                          deny.mutate({ role: row.role, action: row.action, topicFilter: row.topicFilter })
                        }
                      >
                        {t("roleTopics.deny")}
                      </Button>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Awaited query={query} rows={2} />
      )}
      <Failure error={deny.error ?? restore.error} />
      {mayManage && roles[0] ? <AllowForm roles={roles} first={roles[0]} onAllowed={() => void refresh()} /> : null}
    </Panel>
  );
}

const isSame = (one: Pick<RoleTopic, "role" | "action" | "topicFilter">, other: RoleTopic): boolean =>
  one.role === other.role && one.action === other.action && one.topicFilter === other.topicFilter;

function AllowForm({ roles, first, onAllowed }: { roles: readonly string[]; first: string; onAllowed: () => void }) {
  const t = useTranslations("access");
  const roleName = useRoleName();
  const [role, setRole] = useState(first);
  const [action, setAction] = useState<RoleTopicAction>("publish");
  const [topicFilter, setTopicFilter] = useState("");
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => allowRoleTopic({ role, action, topicFilter }),
    onSuccess: () => {
      setTopicFilter("");
      onAllowed();
    },
  });
  return (
    <form
      className={styles.allow}
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <SelectField
        label={t("roleTopics.role")}
        value={role}
        onChange={setRole}
        options={roles.map((value) => ({ value, label: roleName(value) }))}
      />
      <SelectField
        label={t("roleTopics.may")}
        value={action}
        onChange={setAction}
        options={ACTIONS.map((value) => ({ value, label: t(`roleTopics.actions.${value}`) }))}
      />
      <TextInput
        label={t("roleTopics.filter")}
        mono
        value={topicFilter}
        onChange={(event) => setTopicFilter(event.target.value)}
        placeholder="orders/#"
        autoComplete="off"
        error={error?.message}
      />
      <Button type="submit" busy={isPending} disabled={topicFilter === ""}>
        {t("roleTopics.allow")}
      </Button>
    </form>
  );
}
