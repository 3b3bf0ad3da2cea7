"use client";
import { Answer } from "@/components/ui/answer";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Icon, ICON_NAMES } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ChartGallery } from "./chart-gallery";
import { ControlGallery } from "./control-gallery";
import styles from "./design.module.css";
import { FloatGallery } from "./float-gallery";
import { StatusGallery } from "./status-gallery";

/** Every primitive in every state, in the theme it stands in. */
export function Gallery({ theme }: { theme: "light" | "dark" }) {
  return (
    <>
      <Answer
        status="online"
        proofs={`Every primitive in every state, ${theme}`}
        actions={
          <>
            <Button kind="primary" icon="again">
              Verify now
            </Button>
            <Button icon="more" aria-label="More" />
          </>
        }
      >
        Siti’s phone is online, confirmed by the broker 4 s ago, on sub-2.
      </Answer>
      <div className={styles.sections}>
        <ControlGallery />
        <StatusGallery />
        <FloatGallery />
        <Panel className={styles.half} title="Loading" sub="the final size, no jump">
          <SkeletonRows rows={5} rowHeight={32} label="Loading" />
        </Panel>
        <Panel className={styles.half} title="Empty" sub="says what would fill it">
          <EmptyState icon="log" title="No log requests in the last 24 h" action={<Button>New log request</Button>}>
            Ask a phone for its logs and it shows up here, with the reason while it waits.
          </EmptyState>
        </Panel>
        <Panel className={styles.half} title="Error" sub="says what to do">
          <ErrorState title="Could not read the sessions" onRetry={() => undefined}>
            The broker did not answer within 1 s. Presence below is from the record, 22 s old.
          </ErrorState>
        </Panel>
        <Panel className={styles.half} title="Notices" body>
          <div className="stack">
            <Notice title="Log requests wait">They go out when the phones connect.</Notice>
            <Notice kind="unknown">Missing from sub-2 since 10:38:02; the sum leaves it out.</Notice>
            <Notice kind="trouble" title="It’s us, not them" actions={<Button size="small">Open</Button>}>
              Siti’s phone was on sub-2 when that node stopped answering at 10:38:12.
            </Notice>
          </div>
        </Panel>
        <ChartGallery />
        <Panel className={styles.whole} title="Icons" body>
          <div className={styles.icons}>
            {ICON_NAMES.map((name) => (
              <span className="row" key={name}>
                <Icon name={name} />
                {name}
              </span>
            ))}
          </div>
        </Panel>
      </div>
    </>
  );
}
