import { useTranslations } from "next-intl";
import type { ShownOperation } from "./api-document";
import styles from "./developers.module.css";
import type { Field } from "./schema-fields";

type Answer = ShownOperation["answers"][number];

/** One operation: what it does, what it takes, what it answers. */
export function OperationPart({ operation }: { operation: ShownOperation }) {
  const t = useTranslations("developers");
  return (
    <details className={styles.operation} id={operation.id}>
      <summary className={styles.summary}>
        <span className={`mono b ${styles.method}`}>{operation.method}</span>
        <span className={`mono ${styles.path}`}>{operation.path}</span>
        <span className="t2">{operation.summary}</span>
      </summary>
      <div className={styles.detail}>
        {operation.about.map((line) => (
          <p key={line}>
            <Words text={line} />
          </p>
        ))}
        <Fields title={t("parameters")} fields={operation.parameters} />
        <Fields title={t("body")} fields={operation.body} />
        {operation.answers.map((answer, index) => (
          <Fields
            key={answer.status}
            title={`${answer.status === "default" ? t("refused") : answer.status}: ${answer.about}`}
            // the same as above is not told twice
            fields={isSame(answer, operation.answers[index - 1]) ? [] : answer.fields}
            always
          />
        ))}
      </div>
    </details>
  );
}

const isSame = (one: Answer, other: Answer | undefined): boolean =>
  JSON.stringify(one.fields) === JSON.stringify(other?.fields);

function Fields({ title, fields, always = false }: { title: string; fields: readonly Field[]; always?: boolean }) {
  const t = useTranslations("developers");
  if (fields.length === 0 && !always) return null;
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      {fields.length > 0 ? (
        <div className={`scroll ${styles.fields}`}>
          <table className="tight">
            <thead>
              <tr>
                <th>{t("field")}</th>
                <th>{t("type")}</th>
                <th>{t("about")}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map((field) => (
                <tr key={field.name}>
                  <td className="mono">
                    {field.name}
                    {field.isRequired ? <span className="t2"> {t("required")}</span> : null}
                  </td>
                  <td className={`mono t2 ${styles.type}`}>{field.type}</td>
                  <td className={styles.about}>{field.about ? <Words text={field.about} /> : null}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </section>
  );
}

/** Text with `code` in it. */
function Words({ text }: { text: string }) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part));
}
