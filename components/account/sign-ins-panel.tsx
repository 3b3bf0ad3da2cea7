"use client";
import { useTranslations } from "next-intl";
import type { SignInItem } from "@/lib/operators/schemas";
import { Age } from "../ui/age";
import { EmptyState } from "../ui/empty-state";
import { Panel } from "../ui/panel";
import { Scroll } from "../ui/scroll";
import { StatusMark } from "../ui/status-mark";
import styles from "./account.module.css";

/** Sign-ins and refused ones, newest first, as the audit keeps them. */
export function SignInsPanel({ signIns }: { signIns: readonly SignInItem[] }) {
  const t = useTranslations("account.signIns");
  return (
    <Panel title={t("title")} sub={t("about")}>
      {signIns.length === 0 ? (
        <EmptyState icon="audit" title={t("none")} />
      ) : (
        <Scroll label={t("title")}>
          <table>
            <thead>
              <tr>
                <th>{t("when")}</th>
                <th>{t("outcome")}</th>
                <th>{t("device")}</th>
                <th>{t("from")}</th>
              </tr>
            </thead>
            <tbody>
              {signIns.map((signIn) => (
                <tr key={signIn.id}>
                  <td>
                    <Age at={signIn.at} />
                  </td>
                  <td>
                    <span className={styles.outcome}>
                      <StatusMark status={signIn.accepted ? "online" : "trouble"} size={12} />
                      {signIn.accepted ? t("accepted") : <Refused cause={signIn.cause} />}
                    </span>
                  </td>
                  <td>{signIn.device || <span className="t3">{t("unknownDevice")}</span>}</td>
                  <td className="mono">{signIn.address ?? ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}

const CAUSES = [
  "password",
  "code",
  "usedCode",
  "disabled",
  "practice",
  "unverified",
  "noRole",
  "weakSignIn",
  "otherSubject",
] as const;

function Refused({ cause }: { cause: string | null }) {
  const t = useTranslations("account.signIns");
  const known = CAUSES.find((one) => one === cause);
  return known ? t(`refused.${known}`) : t("refused.other");
}
