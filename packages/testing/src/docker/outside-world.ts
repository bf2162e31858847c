import { spawn } from "node:child_process";
import { once } from "node:events";
import { IS_ROOT } from "./cache-folder.js";
import { runProgram, tryProgram } from "./run-program.js";

/** Of RFC 5737: in use nowhere. */
const NEAR = "198.51.100.1";
const FAR = "198.51.100.2";
const PORT = 7;

/**
 * A machine outside: a network namespace behind a router, which is this machine. As on the internet, it knows no way back to a container's
 * own address, so only who is given this machine's address on the way can open a connection to it.
 */
export interface OutsideWorld {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** `null`: it takes root and the program "ip". */
export async function openOutsideWorld(): Promise<OutsideWorld | null> {
  if (!IS_ROOT || (await tryProgram("ip", ["-V"])).code !== 0) return null;
  const name = `gptest${process.pid}`;
  const ip = (line: string): Promise<string> => runProgram("ip", line.split(" "));
  await ip(`netns add ${name}`);
  try {
    await ip(`link add ${name} type veth peer name eth0 netns ${name}`);
    await ip(`address add ${NEAR}/30 dev ${name}`);
    await ip(`link set ${name} up`);
    await ip(`-n ${name} address add ${FAR}/30 dev eth0`);
    await ip(`-n ${name} link set eth0 up`);
    const program = `require("node:net").createServer((socket) => socket.end()).listen(${PORT}, () => console.log("listening"))`;
    const listener = spawn("ip", ["netns", "exec", name, process.execPath, "--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(listener.stdout, "data");
    return {
      address: FAR,
      port: PORT,
      async close() {
        listener.kill("SIGKILL");
        await ip(`netns delete ${name}`);
      },
    };
  } catch (error) {
    await ip(`netns delete ${name}`);
    throw error;
  }
}
