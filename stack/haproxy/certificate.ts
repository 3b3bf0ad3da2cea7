import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

export interface CertificateFiles {
  cert: string;
  key: string;
  /** Both in one file, as HAProxy wants them. */
  pem: string;
}

const DAYS = 825;

/**
 * A certificate for this machine, signed by itself, made once and kept in the folder. Devices on one machine are told to trust it;
 * it is for nothing else. Throws when the program openssl is not here: Node can use certificates, not issue them.
 */
export async function ensureCertificate(folder: string): Promise<CertificateFiles> {
  const files = {
    cert: path.join(folder, "device-listeners.crt"),
    key: path.join(folder, "device-listeners.key"),
    pem: path.join(folder, "device-listeners.pem"),
  };
  if (Object.values(files).every((file) => existsSync(file))) return files;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const outputs = ["-days", String(DAYS), "-keyout", files.key, "-out", files.cert];
  try {
    await promisify(execFile)("openssl", [...request, ...outputs, ...subject]);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const what = isMissing
      ? "The program openssl is not installed (on Debian: apt-get install openssl)"
      : "openssl failed";
    throw new Error(`${what}, so no certificate for the device listeners could be made.`, { cause: error });
  }
  writeFileSync(files.pem, readFileSync(files.cert, "utf8") + readFileSync(files.key, "utf8"), { mode: 0o600 });
  chmodSync(files.key, 0o600);
  return files;
}
