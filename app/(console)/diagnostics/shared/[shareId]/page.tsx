import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { pageContext } from "@/lib/auth/page-context";
import { can } from "@/lib/rbac/actor";
import { SharedLogScreen } from "./shared-log-screen";

interface Props {
  params: Promise<{ shareId: string }>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("log.shared"))("title") };
}

export default async function SharedLogPage({ params }: Props) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "diagnostics.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  return <SharedLogScreen shareId={(await params).shareId} />;
}
