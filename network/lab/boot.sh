#!/bin/sh
# Turns the first process of new namespaces into a host: boot.sh NAME HOSTNAME STAGE, the host's own files as tar on stdin.
# Prints the process number that the machine knows it by, then stays, as the host's init: it reaps what nobody waits for.
set -eu
umask 022
name=$1 hostname=$2 stage=$3
# This /proc is still the machine's, so the number is the outer one.
read -r pid _ </proc/self/stat

mount -t tmpfs -o mode=0755 "$name" "$stage"
cd "$stage"
mkdir upper work root
tar --extract --xattrs --xattrs-include='trusted.*' --numeric-owner --same-permissions --directory=upper
mount -t overlay -o "lowerdir=/,upperdir=$stage/upper,workdir=$stage/work" "$name" root

# Many mounts by one process: a laboratory of routers boots a hundred hosts, and each process counts.
host=$stage/root
printf '%s\n' "proc $host/proc proc defaults" "sysfs $host/sys sysfs ro" "dev $host/dev tmpfs mode=0755" >mounts
mount --all --fstab mounts
mkdir root/dev/pts root/dev/shm
{
    for device in null zero full random urandom tty; do
        : >"root/dev/$device"
        echo "/dev/$device $host/dev/$device none bind"
    done
    echo "devpts $host/dev/pts devpts newinstance,ptmxmode=0666,mode=0620,gid=5"
    echo "shm $host/dev/shm tmpfs mode=1777"
} >mounts
mount --all --fstab mounts
ln -s pts/ptmx /proc/self/fd root/dev
ln -s fd/0 root/dev/stdin
ln -s fd/1 root/dev/stdout
ln -s fd/2 root/dev/stderr

printf '%s\n' "$hostname" >/proc/sys/kernel/hostname
# Kernels differ in what they have; what a host needs in any case is asked for before a laboratory is built.
while read -r key value; do
    if [ -e "/proc/sys/$key" ]; then printf '%s\n' "$value" >"/proc/sys/$key"; fi
done <root/etc/qianyun-lab/sysctl
ip link set lo up

cd root
mkdir -p .machine
pivot_root . .machine
cd /
umount --lazy /.machine
rmdir /.machine
# Each VPN instance is a network of its own, with the same settings.
while read -r vpn; do
    ip netns add "$vpn"
    nsenter "--net=/run/netns/$vpn" /bin/sh -c 'ip link set lo up; while read -r key value; do
        case $key in net/*) if [ -e "/proc/sys/$key" ]; then echo "$value" >"/proc/sys/$key"; fi ;; esac
    done </etc/qianyun-lab/sysctl'
done </etc/qianyun-lab/vpns
echo "$pid"
exec </dev/null >/dev/null 2>&1
exec /bin/sh -c 'while :; do sleep infinity & wait; done' "$name"
