/** The broker took the connection but not the message: an MQTT 5 reason code from 0x80 on. Sending it again would not help. */
export class RefusedByBroker extends Error {
  readonly reasonCode: number;

  constructor(reasonCode: number) {
    super(`The broker refused the message: ${WORDS[reasonCode] ?? "reason code"} (0x${reasonCode.toString(16)})`);
    this.name = "RefusedByBroker";
    this.reasonCode = reasonCode;
  }
}

// [MQTT5 3.4.2.1], [MQTT5 3.5.2.1]
const WORDS: Readonly<Record<number, string>> = {
  0x80: "unspecified error",
  0x83: "implementation specific error",
  0x87: "not authorized",
  0x90: "topic name invalid",
  0x97: "quota exceeded",
  0x99: "payload format invalid",
};
