import type { Socket } from "node:net";

/**
 * Ends a connection with RST, at once. `resetAndDestroy` is no use here: it waits until the peer has taken all that was written, and where
 * an error comes first it leaves a handle that never closes, so that Node spins for ever when it should exit (20.20).
 */
export function resetSocket(socket: Socket): void {
  // Where the end was sent already libuv makes no RST.
  if (!socket.connecting && !socket.writableEnded) (socket as Socket & { resetAndClosing?: boolean }).resetAndClosing = true;
  socket.destroy();
}
