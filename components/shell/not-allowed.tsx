import { useTranslations } from "next-intl";
import type { Role } from "@/lib/rbac/permissions";
import { Answer } from "../ui/answer";

/** What a page shows to a role that may not see it, or whose pages are not there yet. */
export function NotAllowed({ role, why }: { role: Role; why: "notAllowed" | "noPages" }) {
  const t = useTranslations("shell");
  return (
    <Answer status="offline_gone" proofs={t(`${why}.about`, { role: t(`roles.${role}`) })}>
      {t(`${why}.title`)}
    </Answer>
  );
}
