import { useTranslations } from "next-intl";
import { Answer } from "@/components/ui/answer";
import { ButtonLink } from "@/components/ui/button";

/** What the address of a client that nobody knows shows, and the way to look for the right one. */
export default function ClientNotFound() {
  const t = useTranslations("client.notFound");
  return (
    <Answer
      status="offline_gone"
      proofs={t("about")}
      actions={
        <ButtonLink kind="primary" icon="find" href="/presence">
          {t("find")}
        </ButtonLink>
      }
    >
      {t("title")}
    </Answer>
  );
}
