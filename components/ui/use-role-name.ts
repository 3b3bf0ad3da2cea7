import { useTranslations } from "next-intl";
import { isRole } from "@/lib/rbac/permissions";

/** How a role is called: one of ours in the reader's language, one made here as it was named. */
export function useRoleName(): (role: string) => string {
  const t = useTranslations("shell");
  return (role) => (isRole(role) ? t(`roles.${role}`) : role);
}
