const CHECK_MS = 300;

/**
 * npm passes SIGTERM on to the shell that it runs its scripts in, which ends and tells nobody: `kill` of npm would leave a stack
 * running. Whoever npm has started and loses that shell is told to end instead.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, CHECK_MS);
  timer.unref();
}
