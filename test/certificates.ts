import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const openssl = (args: readonly string[]) => promisify(execFile)("openssl", args);
const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export interface IssuedCertificate {
  certFile: string;
  keyFile: string;
  cert: Buffer;
  key: Buffer;
}

/** A certificate authority of a test, made by openssl: `issue` makes certificates of it for 127.0.0.1. */
export async function certificateAuthority(name: string) {
  const folder = await mkdtemp(path.join(tmpdir(), "certificates-"));
  const caFile = path.join(folder, "ca.crt");
  const caKeyFile = path.join(folder, "ca.key");
  const extensions = path.join(folder, "extensions");
  await writeFile(extensions, "subjectAltName=IP:127.0.0.1\n");
  await openssl(["req", "-x509", ...EC, "-subj", `/CN=${name}`, "-days", "1", "-keyout", caKeyFile, "-out", caFile]);
  return {
    caFile,
    ca: await readFile(caFile),
    issue: async (subject: string, days = 1): Promise<IssuedCertificate> => {
      const [certFile, keyFile, request] = ["crt", "key", "csr"].map((end) => path.join(folder, `${subject}.${end}`));
      if (!certFile || !keyFile || !request) throw new Error("three files");
      await openssl(["req", ...EC, "-subj", `/CN=${subject}`, "-keyout", keyFile, "-out", request]);
      // Several are issued at once: a number of its own for each, not the next of a shared file.
      const serial = `0x${randomBytes(8).toString("hex")}`;
      const signed = ["-CA", caFile, "-CAkey", caKeyFile, "-set_serial", serial, "-extfile", extensions];
      await openssl(["x509", "-req", "-in", request, "-days", String(days), ...signed, "-out", certFile]);
      return { certFile, keyFile, cert: await readFile(certFile), key: await readFile(keyFile) };
    },
  };
}
