/** What the public image's entrypoint does: gives /data to the user redis and drops to it. */
export const redisEntrypoint = `#!/bin/sh
set -e
case "$1" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ]; then
  # The public image is built without protected mode; Debian's Redis would refuse every client from outside its container.
  set -- "$@" --protected-mode no
  if [ "$(id -u)" = 0 ]; then
    chown -R redis:redis .
    exec setpriv --reuid=redis --regid=redis --clear-groups "$@"
  fi
fi
exec "$@"
`;
