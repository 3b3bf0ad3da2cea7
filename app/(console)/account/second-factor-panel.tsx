"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useState } from "react";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { accountQuery } from "@/lib/api-client/operators";
import type { StaffMember } from "@/lib/operators/schemas";
import styles from "./second-factor.module.css";

const EnrolDialog = lazy(() => import("./enrol-dialog"));
const CodeDialog = lazy(() => import("./code-dialog"));

// So few are soon none, and then a lost phone needs an administrator.
const FEW_CODES = 3;

/** The code asked for beside one's password: set up, given new recovery codes, turned off. */
export function SecondFactorPanel({ factor, isDue }: { factor: StaffMember["secondFactor"]; isDue: boolean }) {
  const t = useTranslations("account.secondFactor");
  const router = useRouter();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<"enrol" | "renew" | "turnOff" | null>(null);
  const close = () => {
    setOpen(null);
    void queryClient.invalidateQueries({ queryKey: accountQuery().queryKey });
    // What this session may do begins with it, where it is demanded.
    router.refresh();
  };
  return (
    <Panel title={t("title")} sub={t("about")} body>
      <div className={styles.panel}>
        {isDue ? <Notice title={t("due")}>{t("dueAbout")}</Notice> : null}
        <div className={styles.state}>
          <p>
            {factor ? (
              <>
                {t("on")} <Age at={factor.since} />. {t("left", { left: factor.recoveryCodesLeft })}{" "}
                {factor.recoveryCodesLeft < FEW_CODES ? <b>{t("few")}</b> : null}
              </>
            ) : (
              t("off")
            )}
          </p>
          {factor ? (
            <>
              <Button onClick={() => setOpen("renew")}>{t("renew.open")}</Button>
              <Button kind="danger" onClick={() => setOpen("turnOff")}>
                {t("turnOff.open")}
              </Button>
            </>
          ) : (
            <Button {...(isDue ? { kind: "primary" as const } : {})} onClick={() => setOpen("enrol")}>
              {t("enrol.open")}
            </Button>
          )}
        </div>
      </div>
      <Suspense>
        {open === "enrol" ? <EnrolDialog onClose={close} /> : null}
        {open === "renew" || open === "turnOff" ? <CodeDialog act={open} onClose={close} /> : null}
      </Suspense>
    </Panel>
  );
}
