import nodemailer, { type Transporter } from "nodemailer";

const TIMEOUT_MS = 10_000;

/** How mail leaves a process. */
export interface Mail {
  smtpUrl: string;
  from: string;
}

/** A connection to the mail server for one mail, bounded in time; close it. */
export const mailTransport = ({ smtpUrl }: Pick<Mail, "smtpUrl">): Transporter =>
  nodemailer.createTransport({
    url: smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
