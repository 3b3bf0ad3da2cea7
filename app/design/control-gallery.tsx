"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Check } from "@/components/ui/check";
import { Chip } from "@/components/ui/chip";
import { CopyText } from "@/components/ui/copy-text";
import { TextArea, TextInput } from "@/components/ui/field";
import type { IconName } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { Panel } from "@/components/ui/panel";
import { RadioCards } from "@/components/ui/radio-cards";
import { Segmented } from "@/components/ui/segmented";
import { SelectField } from "@/components/ui/select";
import { StatusMark } from "@/components/ui/status-mark";
import { Switch } from "@/components/ui/switch";
import { Tabs } from "@/components/ui/tabs";
import styles from "./design.module.css";

const KINDS: readonly {
  kind: "primary" | "plain" | "ghost" | "danger" | "danger-fill";
  icon?: IconName;
  words: string;
}[] = [
  { kind: "primary", icon: "again", words: "Verify now" },
  { kind: "plain", icon: "log", words: "Request logs" },
  { kind: "ghost", icon: "bookmark", words: "Save view" },
  { kind: "danger", icon: "block", words: "Block" },
  { kind: "danger-fill", words: "Block 1 client" },
];
const STATES = ["", "is-hover", "is-down", "is-focus"];

/** Buttons, fields and everything else one presses or fills. */
export function ControlGallery() {
  const [range, setRange] = useState<"1h" | "3h" | "24h">("3h");
  const [online, setOnline] = useState(true);
  const [failed, setFailed] = useState(true);
  const [retain, setRetain] = useState(true);
  const [qos, setQos] = useState<"0" | "1" | "2">("1");
  const [node, setNode] = useState<"sub-1" | "sub-2">("sub-1");
  const [tab, setTab] = useState<"calls" | "endpoints">("calls");
  return (
    <>
      <Panel className={styles.whole} title="Buttons" sub="rest, hover, pressed, focus, disabled, busy" body>
        <div className="stack">
          {KINDS.map(({ kind, icon, words }) => (
            <div className={styles.buttons} key={kind}>
              {STATES.map((state) => (
                <Button key={state} kind={kind} {...(icon ? { icon } : {})} className={state}>
                  {words}
                </Button>
              ))}
              <Button kind={kind} {...(icon ? { icon } : {})} disabled>
                {words}
              </Button>
              <Button kind={kind} busy>
                Asking
              </Button>
            </div>
          ))}
          <div className="row wrap">
            <Button size="small">Acknowledge</Button>
            <Button size="small" icon="close" aria-label="Close" />
            <CopyText text="and-7f3k2m9q" />
            <Kbd keys={["g", "p"]} />
            <span className="tag">QoS 1</span>
            <span className="tag line">retain</span>
            <span className="tag acc">live</span>
          </div>
        </div>
      </Panel>
      <Panel className={styles.whole} title="Choices" body>
        <div className="stack">
          <div className="row wrap">
            <Segmented
              label="Range"
              value={range}
              onChange={setRange}
              options={[
                { value: "1h", label: "1 h" },
                { value: "3h", label: "3 h" },
                { value: "24h", label: "24 h" },
              ]}
            />
            <Chip pressed={online} count="6" onPress={() => setOnline(!online)}>
              <StatusMark status="online" size={14} />
              Online
            </Chip>
            <Chip pressed={false} count="2" onPress={() => undefined}>
              <StatusMark status="unknown" size={14} />
              Unknown
            </Chip>
            <Check checked={failed} onChange={setFailed}>
              Failed only
            </Check>
            <Check checked="mixed" onChange={() => undefined}>
              Some
            </Check>
            <Check checked={false} disabled onChange={() => undefined}>
              Not now
            </Check>
            <Switch checked={retain} onChange={setRetain}>
              Retain
            </Switch>
            <Switch checked={false} disabled onChange={() => undefined}>
              Off
            </Switch>
          </div>
          <RadioCards
            label="QoS"
            value={qos}
            onChange={setQos}
            options={[
              { value: "0", label: "QoS 0", about: "At most once. Lost if the phone is away." },
              { value: "1", label: "QoS 1", about: "At least once. Kept for a phone that is away; may come twice." },
              { value: "2", label: "QoS 2", about: "Exactly once. Slower: four packets each way." },
            ]}
          />
          <Tabs
            label="Views"
            value={tab}
            onChange={setTab}
            tabs={[
              { value: "calls", label: "Calls", count: "1 846", content: <p className="t2">Every call.</p> },
              { value: "endpoints", label: "Endpoints", count: "23", content: <p className="t2">Every endpoint.</p> },
            ]}
          />
        </div>
      </Panel>
      <Panel className={styles.whole} title="Fields" body>
        <div className={styles.two}>
          <TextInput label="Reason" placeholder="Ticket or what the patient asked" help="Written to the audit record" />
          <TextInput label="Topic name" mono defaultValue="lc/v1/clients/" help="12 topics begin so" />
          <TextInput label="Expires after" defaultValue="90 d" error="At most 30 d. Write, for example, 7 d." />
          <TextInput label="Person id" mono disabled defaultValue="p-••••••" help="Hidden until a reason is given" />
          <SelectField
            label="Node"
            value={node}
            onChange={setNode}
            options={[
              { value: "sub-1", label: "sub-1" },
              { value: "sub-2", label: "sub-2" },
            ]}
          />
          <TextArea label="Payload" mono defaultValue={'{"type":"ping"}'} help="15 bytes of JSON" />
        </div>
      </Panel>
    </>
  );
}
