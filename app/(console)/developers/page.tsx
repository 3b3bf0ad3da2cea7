import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Answer } from "@/components/ui/answer";
import { Panel } from "@/components/ui/panel";
import document from "@/clients/typescript/openapi.json";
import { pageContext } from "@/lib/auth/page-context";
import styles from "./developers.module.css";
import { asDocument, operationsOf } from "./api-document";
import { OperationPart } from "./operation-part";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("developers"))("title") };
}

/** The services' API as its document tells it; whoever is signed in may read it. */
export default async function DevelopersPage() {
  await pageContext();
  const t = await getTranslations("developers");
  const api = asDocument(document);
  const operations = operationsOf(api);
  return (
    <>
      <Answer status={null} proofs={<span className="proof">{t("proof")}</span>}>
        {t("answer", { count: operations.length })}
      </Answer>
      <div className="stack">
        <Panel title={t("start.title")}>
          <div className={styles.start}>
            <p>{t("start.about")}</p>
            <pre className={styles.code}>
              {[
                "curl $API/v1/messages \\",
                '  -H "authorization: Bearer $KEY" -H "content-type: application/json" -H "idempotency-key: order-42-shipped" \\',
                `  -d '{"to":{"topicName":"orders/42"},"payload":"shipped","qos":1,"waitFor":"acknowledged"}'`,
              ].join("\n")}
            </pre>
            <p>{t("start.limits")}</p>
          </div>
        </Panel>
        {api.tags.map(({ name }) => (
          <Panel key={name} title={name}>
            <div className={styles.body}>
              {operations
                .filter(({ part }) => part === name)
                .map((operation) => (
                  <OperationPart key={operation.id} operation={operation} />
                ))}
            </div>
          </Panel>
        ))}
      </div>
    </>
  );
}
