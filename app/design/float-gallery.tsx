"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextInput } from "@/components/ui/field";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import { StatusMark } from "@/components/ui/status-mark";
import { toast } from "@/components/ui/toast";
import { Tooltip } from "@/components/ui/tooltip";
import styles from "./design.module.css";

/** Dialog, menu, tooltip and toast: standing still, and to be opened. */
export function FloatGallery() {
  const [open, setOpen] = useState(false);
  const footer = (
    <>
      <Button onClick={() => setOpen(false)}>Keep</Button>
      <Button kind="danger-fill" onClick={() => setOpen(false)}>
        Block 1 client
      </Button>
    </>
  );
  return (
    <>
      <Panel className={styles.half} title="Danger" sub="how many, what, can it be undone">
        <div className={styles.stage}>
          <div className="dlg">
            <h2>Block and-7f3k2m9q?</h2>
            <p className="lead">1 phone, now online, is cut off and refused until you lift the block.</p>
            <div className="content">
              <TextInput label="Reason" defaultValue="Lost phone, CONTOH-TICKET-77" />
            </div>
            <div className="f">{footer}</div>
          </div>
        </div>
      </Panel>
      <Panel className={styles.half} title="Toasts, menu, tip" sub="5 s; errors stay">
        <div className={styles.stage}>
          <div className="toast">
            <StatusMark status="online" />
            <div className="grow">
              Note added<div className="m">and-7f3k2m9q</div>
            </div>
            <Button kind="ghost" size="small">
              Undo
            </Button>
          </div>
          <div className="toast">
            <StatusMark status="trouble" />
            <div className="grow">
              Not disconnected<div className="m">sub-2 did not answer within 1 s</div>
            </div>
            <Button kind="ghost" size="small">
              Retry
            </Button>
          </div>
          <div className="row wrap">
            <Button onClick={() => setOpen(true)}>Dialog</Button>
            <Menu
              trigger={<Button icon="more" aria-label="More" />}
              items={[
                { kind: "heading", key: "h", label: "and-7f3k2m9q" },
                { kind: "action", key: "logs", label: "Request logs", icon: "log", onSelect: () => undefined },
                { kind: "choice", key: "live", label: "Watch live", chosen: true, onSelect: () => undefined },
                { kind: "line", key: "line" },
                {
                  kind: "action",
                  key: "block",
                  label: "Block",
                  icon: "block",
                  danger: true,
                  onSelect: () => undefined,
                },
              ]}
            />
            <Tooltip
              about={
                <dl>
                  <dt>Source</dt>
                  <dd className="mono">mqtt_connect_received</dd>
                  <dt>Read</dt>
                  <dd>every 5 s, 2 s ago</dd>
                </dl>
              }
            >
              <Button kind="ghost">214 per min</Button>
            </Tooltip>
            <Button onClick={() => toast.done({ title: "Note added", detail: "and-7f3k2m9q" })}>Toast</Button>
            <Button onClick={() => toast.failed({ title: "Not sent", detail: "pub-1 did not answer" })}>Failure</Button>
          </div>
          <Dialog
            open={open}
            onClose={() => setOpen(false)}
            title="Block and-7f3k2m9q?"
            lead="1 phone, now online, is cut off and refused until you lift the block."
            footer={footer}
          >
            <TextInput label="Reason" defaultValue="Lost phone, CONTOH-TICKET-77" />
          </Dialog>
        </div>
      </Panel>
    </>
  );
}
