"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Answer } from "@/components/ui/answer";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { Proof } from "@/components/ui/proof";
import { rolesQuery, staffQuery } from "@/lib/api-client/operators";
import { RolesPanel } from "./roles-panel";
import { isInvited, StaffTable } from "./staff-table";
import { UnmaskingsPanel } from "./unmaskings-panel";

// Nobody is invited at first sight.
const InviteDialog = lazy(() => import("./invite-dialog"));

/** The staff, what each role may do, and whoever is to join. */
export function OperatorsScreen({ selfId, mayManage }: { selfId: string; mayManage: boolean }) {
  const t = useTranslations("operators");
  const query = useQuery(staffQuery());
  const { data: roles = [] } = useQuery(rolesQuery());
  const [inviting, setInviting] = useState(false);
  if (!query.data) return <Awaited query={query} rows={6} />;
  const { operators, truncated } = query.data;
  const closed = operators.filter((member) => member.disabledAt !== null).length;
  const invited = operators.filter(isInvited).length;
  const invite = (
    <Button kind="primary" icon="plus" onClick={() => setInviting(true)}>
      {t("invite.open")}
    </Button>
  );
  return (
    <>
      <Answer
        status={null}
        proofs={<Proof at={query.dataUpdatedAt}>{t("proof")}</Proof>}
        {...(mayManage ? { actions: invite } : {})}
      >
        {t("answer", { open: operators.length - closed - invited, invited, closed })}
      </Answer>
      <div className="stack">
        {truncated ? <Notice title={t("truncated", { count: operators.length })} /> : null}
        <Panel title={t("staff.title")}>
          <StaffTable operators={operators} selfId={selfId} />
        </Panel>
        <UnmaskingsPanel selfId={selfId} mayManage={mayManage} />
        <RolesPanel custom={roles} mayManage={mayManage} />
      </div>
      {inviting ? (
        <Suspense fallback={null}>
          <InviteDialog roles={roles.map(({ name }) => name)} onClose={() => setInviting(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
