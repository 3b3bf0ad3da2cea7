"use client";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { SelectField } from "@/components/ui/select";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { GrantAction, RuleDecision, TestAccessResult } from "@/lib/access/schemas";
import { testAccess } from "@/lib/api-client/blocks";
import styles from "./access.module.css";

const ACTIONS: readonly GrantAction[] = ["subscribe", "publish"];

/** May this client do this? Answered by the rules the gateway runs, with the rule or grant that decided. */
export function TesterPanel() {
  const t = useTranslations("access.tester");
  const [clientId, setClientId] = useState("");
  const [action, setAction] = useState<GrantAction>("subscribe");
  const [topic, setTopic] = useState("");
  const test = useMutation({ mutationFn: () => testAccess({ clientId: clientId.trim(), action, topic }) });
  return (
    <Panel title={t("title")} sub={t("about")}>
      <form
        className={styles.test}
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate();
        }}
      >
        <TextInput
          label={t("client")}
          mono
          value={clientId}
          onChange={(event) => setClientId(event.target.value)}
          maxLength={64}
          autoComplete="off"
        />
        <SelectField
          label={t("action")}
          value={action}
          onChange={setAction}
          options={ACTIONS.map((value) => ({ value, label: t(`actions.${value}`) }))}
        />
        <TextInput
          label={t(action === "subscribe" ? "filter" : "name")}
          mono
          value={topic}
          onChange={(event) => setTopic(event.target.value)}
          maxLength={1_024}
          autoComplete="off"
        />
        <Button type="submit" busy={test.isPending} disabled={clientId.trim() === "" || topic === ""}>
          {t("ask")}
        </Button>
      </form>
      <div aria-live="polite">{test.data && !test.isPending ? <Verdict result={test.data} /> : null}</div>
      <Failure error={test.error} />
    </Panel>
  );
}

function Verdict({ result }: { result: TestAccessResult }) {
  const t = useTranslations("access.tester");
  const decision = useDecisionWords();
  return (
    <div className={styles.verdict}>
      <p>
        <StatusMark status={result.isAllowed ? "online" : "trouble"} />{" "}
        <strong>{t(result.isAllowed ? "allowed" : "refused")}</strong> {decision(result.decision)}
      </p>
      {result.isKnown ? null : <p className="t2">{t("unknownClient")}</p>}
      {result.closed ? <p className="t2">{t(`closed.${result.closed}`)}</p> : null}
    </div>
  );
}

/** Why a client may have a topic or not, in a sentence. */
function useDecisionWords(): (decision: RuleDecision) => string {
  const t = useTranslations("access.tester.rules");
  const format = useFormat();
  return (decision) => {
    switch (decision.rule) {
      case "own":
      case "group":
      case "other_action":
      case "grant_over":
        return t(decision.rule, { filter: decision.topicFilter });
      case "grant":
        return decision.expiresAt === null
          ? t("grantOpen", { filter: decision.topicFilter })
          : t("grant", { filter: decision.topicFilter, until: format.exact(new Date(decision.expiresAt)) });
      case "malformed":
        return t("malformed", { problem: decision.problem });
      case "other_client":
        return t("other_client", { client: decision.otherClientId });
      case "other_group":
        return t("other_group", { group: decision.group });
      case "not_granted":
        return t("not_granted");
    }
  };
}
