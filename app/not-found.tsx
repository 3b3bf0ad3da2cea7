import { getTranslations } from "next-intl/server";
import { Answer } from "@/components/ui/answer";
import { ButtonLink } from "@/components/ui/button";

export default async function NotFound() {
  const t = await getTranslations("common.notFound");
  return (
    <main className="page">
      <Answer
        status="offline_gone"
        proofs={t("about")}
        actions={
          <ButtonLink kind="primary" href="/overview">
            {t("back")}
          </ButtonLink>
        }
      >
        {t("title")}
      </Answer>
    </main>
  );
}
