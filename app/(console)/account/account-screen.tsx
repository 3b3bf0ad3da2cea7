"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { SessionsPanel } from "@/components/account/sessions-panel";
import { SignInsPanel } from "@/components/account/sign-ins-panel";
import { Answer } from "@/components/ui/answer";
import { Awaited } from "@/components/ui/awaited";
import { useFormat } from "@/components/ui/use-format";
import { useRoleName } from "@/components/ui/use-role-name";
import { accountQuery, endOwnSessions } from "@/lib/api-client/operators";
import { PasswordPanel } from "./password-panel";
import { SecondFactorPanel } from "./second-factor-panel";

/** One's own account: where one is signed in, how one signed in, one's password and second factor. */
export function AccountScreen({
  idleSeconds,
  absoluteSeconds,
  mustEnrol,
}: {
  idleSeconds: number;
  absoluteSeconds: number;
  /** Nothing else opens before a second factor is set up. */
  mustEnrol: boolean;
}) {
  const t = useTranslations("account");
  const roleName = useRoleName();
  const format = useFormat();
  const query = useQuery(accountQuery());
  const queryClient = useQueryClient();
  const end = useMutation({
    mutationFn: (sessionId: string) => endOwnSessions(sessionId === "all" ? undefined : sessionId),
    onSettled: () => queryClient.invalidateQueries({ queryKey: accountQuery().queryKey }),
  });
  if (!query.data) return <Awaited query={query} rows={4} />;
  const { operator, sessions, signIns } = query.data;
  const limits = { idle: format.duration(idleSeconds * 1_000), age: format.duration(absoluteSeconds * 1_000) };
  const secondFactor = <SecondFactorPanel factor={operator.secondFactor} isDue={mustEnrol} />;
  return (
    <>
      <Answer status={null} proofs={<span className="proof">{t("limits", limits)}</span>}>
        {t("answer", { name: operator.name, role: roleName(operator.role), open: operator.openSessions })}
      </Answer>
      <div className="stack">
        {mustEnrol ? secondFactor : null}
        <SessionsPanel
          sessions={sessions}
          endAll={{ words: t("sessions.endOthers"), sessions: operator.openSessions - 1 }}
          ending={{
            busy: end.isPending ? end.variables : null,
            error: end.error,
            onEnd: (sessionId) => end.mutate(sessionId),
            onEndAll: () => end.mutate("all"),
          }}
        />
        {operator.hasPassword ? <PasswordPanel owner={operator} /> : null}
        {operator.hasPassword && !mustEnrol ? secondFactor : null}
        <SignInsPanel signIns={signIns} />
      </div>
    </>
  );
}
