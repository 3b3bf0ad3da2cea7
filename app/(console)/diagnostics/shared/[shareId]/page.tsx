import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SharedLogScreen } from "./shared-log-screen";
import { pageContext } from "@/lib/auth/page-context";

interface Props {
  params: Promise<{ shareId: string }>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("log.shared"))("title") };
}

export default async function SharedLogPage({ params }: Props) {
  await pageContext();
  return <SharedLogScreen shareId={(await params).shareId} />;
}
