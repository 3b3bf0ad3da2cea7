import { useTranslations } from "next-intl";
import { Answer } from "../ui/answer";
import { ButtonLink } from "../ui/button";

/** What an address that names nothing shows. */
export function PageNotFound() {
  const t = useTranslations("components.notFound");
  return (
    <Answer
      status="offline_gone"
      proofs={t("about")}
      actions={
        <ButtonLink kind="primary" href="/">
          {t("back")}
        </ButtonLink>
      }
    >
      {t("title")}
    </Answer>
  );
}
