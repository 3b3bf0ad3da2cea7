"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Age, Until } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useFormat } from "@/components/ui/use-format";
import { unblockClient } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientBlock, Flapping } from "@/lib/presence/schemas";
import styles from "./client.module.css";

/** Too many connects for one phone, with what speaks for two of them. */
export function FlappingNotice({ flapping }: { flapping: Flapping }) {
  const t = useTranslations("client.flapping");
  const format = useFormat();
  const { connects, sharedId, addresses, devices, from, to } = flapping;
  return (
    <div className={styles.banner}>
      <Notice kind="unknown" title={t(sharedId ? "shared" : "unstable", { connects: format.count(connects) })}>
        {t("between", { from: format.clock(from), to: format.clock(to) })}{" "}
        {addresses.length > 0 ? (
          <>
            {t("addresses", { count: addresses.length })}{" "}
            {addresses.map(({ address, connects: times }, n) => (
              <span key={address}>
                {n > 0 ? ", " : ""}
                <span className="mono">{address}</span> ({format.count(times)}×)
              </span>
            ))}
            .{" "}
          </>
        ) : null}
        {devices.length > 1 ? `${t("devices", { devices: devices.join(", ") })} ` : null}
        {t(sharedId ? "sharedAdvice" : "unstableAdvice")}
      </Notice>
    </div>
  );
}

/** That the client may not connect: by whom, why, until when. */
export function BlockNotice({ clientId, block, mayLift }: { clientId: string; block: ClientBlock; mayLift: boolean }) {
  const t = useTranslations("client.block");
  const queryClient = useQueryClient();
  const lift = useMutation({
    mutationFn: () => unblockClient(clientId),
    onSuccess: () => refetchClient(queryClient, clientId),
  });
  return (
    <div className={styles.banner}>
      <Notice
        title={t("blocked")}
        actions={
          mayLift ? (
            <Button size="small" busy={lift.isPending} onClick={() => lift.mutate()}>
              {t("lift")}
            </Button>
          ) : null
        }
      >
        <BlockWords block={block} />
        {lift.isError ? ` ${t("liftFailed", { why: lift.error.message })}` : null}
      </Notice>
    </div>
  );
}

function BlockWords({ block }: { block: ClientBlock }) {
  const t = useTranslations("client.block");
  return t.rich(block.until ? "about" : "aboutOpen", {
    by: block.by,
    reason: block.reason,
    age: () => <Age at={block.at} plain />,
    ends: () => <Until at={block.until ?? block.at} />,
  });
}
