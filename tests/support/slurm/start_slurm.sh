#!/bin/bash
# start_slurm.sh - start a private, throw-away Slurm "cluster" on one machine (no systemd, root, CI/sandbox).
#
#   start_slurm.sh DIR [--nodes N] [--cpus C] [--port P] [--dbd] [--node-timeout S]
#
#   DIR             everything lives here: slurm.conf, munge key+socket, logs, pid files, spool, state
#   --nodes N       N fake nodes n1..nN, one slurmd each, all on this host        (default 1)
#   --cpus C        CPUs each fake node pretends to have (may exceed the machine)  (default 2)
#   --port P        base TCP port; uses P (ctld), P+1 (dbd), P+11..P+10+N (slurmds) (default: such ports as are free)
#   --dbd           also run a private mariadbd (unix socket only) + slurmdbd, so that sacct works
#   --line L        one more line of slurm.conf, e.g. "MaxArraySize=5"; may be given again
#   --node-timeout  SlurmdTimeout in s: a silent node becomes DOWN after about this (default 20)
#
# Then:  source DIR/env.sh     (sets SLURM_CONF; plain sbatch/squeue/scontrol/srun/sacct work)
# Stop:  stop_slurm.sh DIR     (ends only the pids recorded in DIR/run/*.pid)
#
# Idempotent: a daemon already alive (pid file + matching command line) is left alone; a second call with the
# same arguments only starts what is missing (use it to revive a slurmd you killed).
# Needs Debian packages: munge slurmctld slurmd slurm-client slurm-wlm-basic-plugins
# (--dbd: slurmdbd slurm-wlm-mysql-plugin mariadb-server).  Tested with Slurm 22.05.8 (Debian 12).
set -euo pipefail
die(){ echo "start_slurm: $*" >&2; exit 1; }
[ $# -ge 1 ] || { sed -n '2,20p' "$0"; exit 2; }
DIR=$(mkdir -p "$1" && cd "$1" && pwd); shift
NODES=1 CPUS=2 PORT= DBD=0 NTO=20 LINES_MORE=''
while [ $# -gt 0 ]; do case "$1" in
  --nodes) NODES=$2; shift 2;; --cpus) CPUS=$2; shift 2;; --port) PORT=$2; shift 2;;
  --line) LINES_MORE+=$2$'\n'; shift 2;;
  --node-timeout) NTO=$2; shift 2;; --dbd) DBD=1; shift;; *) die "unknown option $1";; esac; done
[ "$(id -u)" = 0 ] || die "run as root (slurmd must be root to launch jobs of other users)"
for b in munged slurmctld slurmd sbatch scontrol; do command -v $b >/dev/null || [ -x /usr/sbin/$b ] || die "$b not installed"; done
export PATH=$PATH:/usr/sbin:/sbin
port_is_free(){ ! grep -qi ":$(printf %04X "$1") " /proc/net/tcp /proc/net/tcp6 2>/dev/null; }
if [ -z "$PORT" ]; then # a second call keeps the ports of the first
  PORT=$(sed -n 's/^SlurmctldPort=//p' "$DIR/slurm.conf" 2>/dev/null || true)
  while [ -z "$PORT" ]; do
    PORT=$((16000 + RANDOM % 14000))
    for i in 0 1 $(seq 11 $((10+NODES))); do port_is_free $((PORT+i)) || { PORT=; break; }; done
  done
fi
HOST=$(hostname -s); RUN=$DIR/run; LOG=$DIR/log
umask 022
mkdir -p "$RUN" "$LOG" "$DIR/munge" "$DIR/state" "$DIR/spool"
chmod 755 "$DIR" "$RUN" "$LOG"; chmod 700 "$DIR/munge"; chmod 755 "$DIR/munge"
# munged refuses a socket below a group/world-writable directory unless --force; /tmp is sticky, --force is fine here.
getent hosts "$HOST" >/dev/null || { echo "127.0.0.1 $HOST" >> /etc/hosts; echo "start_slurm: added $HOST to /etc/hosts" >&2; }

alive(){ # pidfile pattern -> 0 when that very process is alive
  local p; p=$(cat "$1" 2>/dev/null) || return 1; [ -n "$p" ] && [ -r /proc/$p/cmdline ] || return 1
  [ "$(awk '/^State/{print $2}' /proc/$p/status)" != Z ] && tr '\0' ' ' < /proc/$p/cmdline | grep -q -- "$2"; }
waitfor(){ # seconds command...
  local n=$(( $1 * 5 )); shift; while ! "$@" >/dev/null 2>&1; do n=$((n-1)); [ $n -gt 0 ] || return 1; sleep 0.2; done; }

# ---------------------------------------------------------------- munge
KEY=$DIR/munge/munge.key SOCK=$DIR/munge/munge.socket
[ -s "$KEY" ] || ( umask 077; dd if=/dev/urandom of="$KEY" bs=1 count=1024 status=none )
chmod 600 "$KEY"; chown 0:0 "$KEY"
if ! alive "$RUN/munged.pid" "munged.*$DIR"; then
  rm -f "$SOCK" "$SOCK.lock" "$RUN/munged.pid"
  setsid munged --force --foreground --key-file="$KEY" --socket="$SOCK" --pid-file="$DIR/munge/pid" \
    --log-file="$LOG/munged.log" --seed-file="$DIR/munge/seed" </dev/null >>"$LOG/munged.out" 2>&1 &
  echo $! > "$RUN/munged.pid"
fi
waitfor 20 sh -c "munge -n --socket='$SOCK' | unmunge --socket='$SOCK'" || die "munged did not answer, see $LOG/munged.log"

# ---------------------------------------------------------------- slurm.conf
ACCT="AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$LOG/jobcomp.txt"
if [ $DBD = 1 ]; then ACCT="AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePass=$SOCK
AccountingStoragePort=$((PORT+1))
AccountingStoreFlags=job_comment
JobCompType=jobcomp/filetxt
JobCompLoc=$LOG/jobcomp.txt"; fi
MEM=$(awk '/MemTotal/{print int($2/1024*0.9)}' /proc/meminfo)
{ cat <<C
# written by start_slurm.sh; throw-away single-host cluster
ClusterName=devcluster
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$PORT
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$SOCK
CredType=cred/munge
StateSaveLocation=$DIR/state
SlurmdSpoolDir=$DIR/spool/%n
SlurmctldPidFile=$DIR/state/slurmctld.pid
SlurmdPidFile=$DIR/spool/slurmd-%n.pid
SlurmctldLogFile=$LOG/slurmctld.log
SlurmdLogFile=$LOG/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=$NTO
SlurmctldTimeout=30
KillWait=5
$(case $LINES_MORE in *MinJobAge=*) ;; *) echo MinJobAge=3600;; esac)
BatchStartTimeout=60
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=5,sched_interval=5,batch_sched_delay=1
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=5
JobRequeue=1
MaxJobCount=20000
PropagateResourceLimits=NONE
$ACCT
$LINES_MORE
C
  for i in $(seq 1 $NODES); do
    echo "NodeName=n$i NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((PORT+10+i)) CPUs=$CPUS RealMemory=$MEM State=UNKNOWN"; done
  echo "PartitionName=main Nodes=n[1-$NODES] Default=YES MaxTime=INFINITE DefaultTime=60 State=UP"
} > "$DIR/slurm.conf.new"
mv "$DIR/slurm.conf.new" "$DIR/slurm.conf"
printf 'export SLURM_CONF=%q\n' "$DIR/slurm.conf" > "$DIR/env.sh"
# root inside a job: Open MPI's mpirun refuses root otherwise
echo 'export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1' >> "$DIR/env.sh"
export SLURM_CONF=$DIR/slurm.conf

# ---------------------------------------------------------------- optional accounting (sacct)
if [ $DBD = 1 ]; then
  for b in mariadbd slurmdbd mariadb-install-db; do command -v $b >/dev/null || die "--dbd needs $b"; done
  MY=$DIR/mysql; MS=$MY/my.sock; mkdir -p "$MY"
  [ -d "$MY/data/mysql" ] || mariadb-install-db --no-defaults --user=root --datadir="$MY/data" --auth-root-authentication-method=socket >"$LOG/mariadb-install.log" 2>&1
  if ! alive "$RUN/mariadbd.pid" "mariadbd.*$DIR"; then
    setsid mariadbd --no-defaults --user=root --datadir="$MY/data" --socket="$MS" --pid-file="$MY/pid" --skip-networking \
      --innodb-buffer-pool-size=128M --innodb-lock-wait-timeout=900 </dev/null >>"$LOG/mariadbd.log" 2>&1 &
    echo $! > "$RUN/mariadbd.pid"; fi
  waitfor 60 mariadb --no-defaults --socket="$MS" -e 'select 1' || die "mariadbd did not start, see $LOG/mariadbd.log"
  mariadb --no-defaults --socket="$MS" -e 'create database if not exists slurm_acct_db'
  cat > "$DIR/slurmdbd.conf" <<C
AuthType=auth/munge
AuthInfo=socket=$SOCK
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((PORT+1))
SlurmUser=root
LogFile=$LOG/slurmdbd.log
PidFile=$DIR/state/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct_db
C
  chmod 600 "$DIR/slurmdbd.conf"
  if ! alive "$RUN/slurmdbd.pid" slurmdbd; then
    MYSQL_UNIX_PORT=$MS setsid slurmdbd -D </dev/null >>"$LOG/slurmdbd.out" 2>&1 & echo $! > "$RUN/slurmdbd.pid"; fi
  waitfor 60 timeout 5 sacctmgr -n list cluster || die "slurmdbd did not answer, see $LOG/slurmdbd.log"
  [ -n "$(sacctmgr -nP list cluster format=cluster)" ] || sacctmgr -i add cluster devcluster >/dev/null
fi

# ---------------------------------------------------------------- slurmctld, slurmds
if ! alive "$RUN/slurmctld.pid" slurmctld; then
  setsid slurmctld -D -f "$SLURM_CONF" </dev/null >>"$LOG/slurmctld.out" 2>&1 & echo $! > "$RUN/slurmctld.pid"; fi
waitfor 30 timeout 5 scontrol ping || die "slurmctld did not start, see $LOG/slurmctld.log"
waitfor 30 sh -c "scontrol ping | grep -q ' UP'" || die "slurmctld not UP, see $LOG/slurmctld.log"
for i in $(seq 1 $NODES); do
  if ! alive "$RUN/slurmd-n$i.pid" "slurmd.*-N n$i "; then
    mkdir -p "$DIR/spool/n$i"
    setsid slurmd -D -N n$i -f "$SLURM_CONF" </dev/null >>"$LOG/slurmd-n$i.out" 2>&1 & echo $! > "$RUN/slurmd-n$i.pid"; fi
done
ready(){ [ "$(sinfo -hN -o '%N %t' | awk '$2~/^(idle|mix|alloc)$/' | sort -u | wc -l)" -ge "$NODES" ]; }
waitfor 40 ready || { sinfo -N -l; die "nodes not ready, see $LOG/slurmd-*.log"; }
echo "slurm up: $NODES node(s) x $CPUS cpus;  source $DIR/env.sh"
sinfo -N -o '%N %T %c %m'
