import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { Answer } from "@/components/ui/answer";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { pageContext } from "@/lib/auth/page-context";
import { listOperators } from "@/lib/operators/list-operators";
import { can } from "@/lib/rbac/actor";
import { RolesTable } from "./roles-table";
import { StaffTable } from "./staff-table";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("operators"))("title") };
}

export default async function OperatorsPage() {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "operators.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const [{ operators, truncated }, t] = await Promise.all([listOperators(ctx, {}), getTranslations("operators")]);
  const open = operators.filter((member) => member.disabledAt === null);
  return (
    <>
      <Answer status={null} proofs={t("proof")}>
        {t("answer", { open: open.length, closed: operators.length - open.length })}
      </Answer>
      <div className="stack">
        {truncated ? <Notice title={t("truncated", { count: operators.length })} /> : null}
        <Panel title={t("staff.title")}>
          <StaffTable operators={operators} selfId={ctx.actor.id} />
        </Panel>
        <Panel title={t("roles.title")} sub={t("roles.about")}>
          <RolesTable />
        </Panel>
      </div>
    </>
  );
}
