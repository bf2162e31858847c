import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";

/** A letter as a mail server takes it in. */
export interface Letter {
  readonly to: string;
  /** Headers and body, lines joined by \n. */
  readonly text: string;
  /** What the client logged in with, as it sent it; `null`: it did not. */
  readonly login: string | null;
}

export interface MailServer {
  readonly port: number;
  /** What clients must trust: the server's own certificate, for 127.0.0.1. */
  readonly certificateFile: string;
  readonly letters: readonly Letter[];
  close(): void;
}

/** As much of SMTP (RFC 5321), STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954) as takes a letter in; without STARTTLS it takes none. */
export async function startMailServer(folder: string): Promise<MailServer> {
  const [keyFile, certificateFile] = [join(folder, "mail.key"), join(folder, "mail.pem")];
  const subject = ["-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  execFileSync("openssl", ["req", "-x509", ...key, "-out", certificateFile, ...subject], { stdio: "pipe" });
  const secureContext = createSecureContext({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) });

  const letters: Letter[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.write("220 mail ready\r\n");
    converse(socket, false);
  });

  function converse(socket: Socket | TLSSocket, secure: boolean): void {
    let text = "";
    let to = "";
    let login: string | null = null;
    let letter: string[] | null = null;
    const say = (line: string) => socket.write(`${line}\r\n`);
    const onData = (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const lines = text.split("\r\n");
      text = lines.pop() ?? "";
      for (const line of lines) hear(line);
    };
    socket.on("data", onData);

    function hear(line: string): void {
      if (letter !== null) {
        if (line !== ".") return void letter.push(line);
        letters.push({ to, login, text: letter.join("\n") });
        letter = null;
        return void say("250 taken");
      }
      const command = line.slice(0, 4).toUpperCase();
      if (command === "EHLO") return void say(secure ? "250-mail\r\n250 AUTH PLAIN" : "250-mail\r\n250 STARTTLS");
      if (command === "STAR") {
        socket.off("data", onData);
        say("220 go ahead");
        const secured = new TLSSocket(socket, { isServer: true, secureContext });
        secured.on("error", () => undefined);
        return void converse(secured, true);
      }
      if (command === "QUIT") return void socket.end("221 bye\r\n");
      if (!secure) return void say("530 Must issue a STARTTLS command first");
      if (command === "AUTH") {
        login = Buffer.from(line.slice("AUTH PLAIN ".length), "base64").toString("utf8").replaceAll("\0", " ").trim();
        return void say("235 welcome");
      }
      if (command === "RCPT") to = /<(.*)>/.exec(line)?.[1] ?? "";
      if (command === "DATA") {
        letter = [];
        return void say("354 go on");
      }
      say("250 fine");
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    certificateFile,
    letters,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
