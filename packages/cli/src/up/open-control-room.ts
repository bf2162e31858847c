import { type ControlRoom, type RunningStack, startControlRoom } from "@groundplan/local";

const PORTS_TRIED = 100;

/** Starts the control room on the port that is wished for, or on the next free one, with a note. */
export async function openControlRoom(stack: RunningStack, wish: number, onNote: (text: string) => void): Promise<ControlRoom> {
  for (let port = wish; ; port++) {
    try {
      const room = await startControlRoom(stack, { port, host: "127.0.0.1" });
      if (port !== wish) onNote(`port ${wish} is taken (by another program): the control room listens on ${port} instead`);
      return room;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const mayBeFree = port < Math.min(wish + PORTS_TRIED, 65_535);
      if ((code !== "EADDRINUSE" && code !== "EACCES") || !mayBeFree) throw error;
    }
  }
}
