"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { SessionsPanel } from "@/components/account/sessions-panel";
import { SignInsPanel } from "@/components/account/sign-ins-panel";
import { Answer } from "@/components/ui/answer";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { useRoleName } from "@/components/ui/use-role-name";
import { endOperatorSessions, operatorQuery } from "@/lib/api-client/operators";
import type { StaffMember } from "@/lib/operators/schemas";
import { StaffState } from "../staff-table";
import { OperatorDialogs, type OperatorAct } from "./operator-dialogs";

/** One of the staff: whether and how they come in, where they are signed in, what an administrator can do about it. */
export function OperatorScreen({
  operatorId,
  isSelf,
  mayManage,
}: {
  operatorId: string;
  isSelf: boolean;
  mayManage: boolean;
}) {
  const t = useTranslations("operators.one");
  const roleName = useRoleName();
  const query = useQuery(operatorQuery(operatorId));
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["operators"] });
  const [act, setAct] = useState<OperatorAct | null>(null);
  const end = useMutation({
    mutationFn: (sessionId: string) =>
      endOperatorSessions(sessionId === "all" ? { operatorId } : { operatorId, sessionId }),
    onSettled: refresh,
  });
  if (!query.data) return <Awaited query={query} rows={4} />;
  const { operator, sessions, signIns } = query.data;
  const actions = mayManage ? (
    <>
      <Button onClick={() => setAct("role")}>{t("changeRole")}</Button>
      <Menu
        trigger={<Button icon="more" aria-label={t("more", { name: operator.name })} />}
        items={moreActs(operator).map(({ key, danger }) => ({
          kind: "action" as const,
          key,
          label: t(key),
          danger,
          onSelect: () => setAct(key),
        }))}
      />
    </>
  ) : null;
  return (
    <>
      <Answer
        status={null}
        proofs={
          <span className="proof">
            {operator.email} · <StaffState member={operator} />
          </span>
        }
        actions={actions}
      >
        {t("answer", { name: operator.name, role: roleName(operator.role), open: operator.openSessions })}
      </Answer>
      <div className="stack">
        <SessionsPanel
          sessions={sessions}
          endAll={{ words: t(isSelf ? "endAllOwn" : "endAll"), sessions: operator.openSessions }}
          ending={
            mayManage
              ? {
                  busy: end.isPending ? end.variables : null,
                  error: end.error,
                  onEnd: (sessionId) => end.mutate(sessionId),
                  onEndAll: () => end.mutate("all"),
                }
              : null
          }
        />
        <SignInsPanel signIns={signIns} />
      </div>
      {act ? (
        <OperatorDialogs act={act} operator={operator} onDone={() => void refresh()} onClose={() => setAct(null)} />
      ) : null}
    </>
  );
}

const moreActs = (operator: StaffMember): { key: Exclude<OperatorAct, "role">; danger: boolean }[] => {
  if (operator.disabledAt) return [{ key: "open", danger: false }];
  const link = operator.byProvider ? [] : [{ key: "link" as const, danger: false }];
  const factor = operator.secondFactor ? [{ key: "factor" as const, danger: true }] : [];
  return [...link, ...factor, { key: "close", danger: true }];
};
