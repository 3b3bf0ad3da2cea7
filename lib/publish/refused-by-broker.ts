import { inEnglish, sentence, written } from "@/lib/sentence";

/** The broker took the connection but not the message: an MQTT 5 reason code from 0x80 on. Sending it again would not help. */
export class RefusedByBroker extends Error {
  readonly reasonCode: number;

  constructor(reasonCode: number) {
    const why = WORDS[reasonCode] ?? written("reason code");
    const code = `0x${reasonCode.toString(16)}`;
    super(inEnglish(sentence("The broker refused the message: {why} ({code})", { why, code })));
    this.name = "RefusedByBroker";
    this.reasonCode = reasonCode;
  }
}

// [MQTT5 3.4.2.1], [MQTT5 3.5.2.1]
const WORDS: Readonly<Record<number, string>> = {
  0x80: written("unspecified error"),
  0x83: written("implementation specific error"),
  0x87: written("not authorized"),
  0x90: written("topic name invalid"),
  0x97: written("quota exceeded"),
  0x99: written("payload format invalid"),
};
