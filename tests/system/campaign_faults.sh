# A campaign whose calculations run out of time, on a disk that is full every other second, with drivers that are killed: the
# same dataset as undisturbed, and nothing is computed twice. Takes minutes, so it runs
# only with KAMACITE_CAMPAIGN_KILLS=<kills>.
[ -n "${KAMACITE_CAMPAIGN_KILLS:-}" ] || { echo "skipped: set KAMACITE_CAMPAIGN_KILLS to a number of kills"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "skipped: mounting a small disk needs root"; exit 77; }
mkdir disk; mount -t tmpfs -o size=48m none disk 2>/dev/null || { echo "skipped: no small disk can be mounted"; exit 77; }
trap 'umount "$here/disk"; rm -rf "$here"' EXIT
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
source "$SOURCE/tests/system/campaign_inputs.sh"
sed -i "s|^label:|directory: $here/disk/campaign\n&|" campaign.yaml
# some take forever the first time, until their limit; what is cut off leaves no line in runs.log
sed -i "1a case \$print in [0-3]*) mkdir $here/slow.\$print 2>/dev/null && sleep 600 ;; esac" label.sh
sed -i 's/time: 5 min}/time: 20 s}\nretries: {attempts: 30}/' label.yaml
LAUNCH=""  # of the driver here
"$KAMACITE" campaign run campaign.yaml >out 2>err || fail "undisturbed"
wanted=$(hash_of disk/campaign/dataset.kds)
each_once disk/campaign/dataset.kds
grep -q '"state":"timeout"' disk/campaign/journal.jsonl || fail "nothing ran out of time"
rm -rf disk/campaign runs.log slow.*
FLAKY=1 python3 "$SOURCE/tests/system/campaign_kills.py" "$KAMACITE" --kills "$KAMACITE_CAMPAIGN_KILLS" --seed 5 --full disk >out 2>err ||
    fail "a killed driver, or a full disk"
tail -n 1 out >told; cat told
[ "$(hash_of disk/campaign/dataset.kds)" = "$wanted" ] || fail "faults make another dataset"
each_once disk/campaign/dataset.kds
