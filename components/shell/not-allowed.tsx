import { useTranslations } from "next-intl";
import { Answer } from "../ui/answer";
import { ButtonLink } from "../ui/button";
import { useRoleName } from "../ui/use-role-name";

/** What a page shows to a role that may not see it, or whose pages are not there yet. */
export function NotAllowed({ role, why }: { role: string; why: "notAllowed" | "noPages" }) {
  const t = useTranslations("shell");
  const roleName = useRoleName();
  return (
    <Answer
      status="offline_gone"
      proofs={t(`${why}.about`, { role: roleName(role) })}
      actions={
        why === "notAllowed" ? (
          <ButtonLink kind="primary" href="/">
            {t("notAllowed.back")}
          </ButtonLink>
        ) : null
      }
    >
      {t(`${why}.title`)}
    </Answer>
  );
}
