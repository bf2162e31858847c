/** Of the host; read again when it starts again. */
export const RULES_FILE = "/etc/groups.nft";

/**
 * What a host runs in place of an init system. Its Docker needs cgroups that it may write to; the data volume is a file behind a loop device,
 * under the name that an EBS volume has on a Nitro instance; addresses of the internet are translated as AWS's gateway does.
 */
export const HOST_INIT = `set -e
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -o remount,rw /sys/fs/cgroup
  # A group with processes of its own may have none below it.
  mkdir -p /sys/fs/cgroup/init
  xargs -rn1 < /sys/fs/cgroup/cgroup.procs > /sys/fs/cgroup/init/cgroup.procs 2> /dev/null || true
  sed 's/ / +/g; s/^/+/' < /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
else
  awk '$5 ~ "^/sys/fs/cgroup" { print $5 }' /proc/self/mountinfo | while read -r place; do mount -o remount,bind,rw "$place"; done
fi

if [ -n "$DATA_VOLUME" ]; then
  mknod -m 600 /dev/loop-control c 10 237
  number=0
  while [ $number -lt 64 ]; do mknod -m 600 /dev/loop$number b 7 $number; number=$((number + 1)); done
  [ -e /data-volume.img ] || truncate -s 2G /data-volume.img
  device=$(losetup --find --show /data-volume.img)
  # Whoever holds it open keeps it; the kernel lets go of it when this host is gone, however that comes. Opened here first: the
  # background process may come to it only after the detaching.
  exec 9< $device
  sleep infinity <&9 &
  losetup --detach $device
  mkdir -p /dev/disk/by-id
  ln -s $device /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$DATA_VOLUME
fi
[ ! -e ${RULES_FILE} ] || nft -f ${RULES_FILE}
mount --all
mkdir -p /run/sshd /home/ubuntu/.ssh
echo "$AUTHORIZED_KEY" > /home/ubuntu/.ssh/authorized_keys
chown -R ubuntu /home/ubuntu
rm -f /run/docker.pid /var/run/docker.pid
/usr/sbin/sshd
exec dockerd > /var/log/dockerd.log 2>&1
`;
