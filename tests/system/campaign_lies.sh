# A campaign on a Slurm that lies (tests/support/fake_slurm): lost replies, jobs that vanish, empty answers, ids that come again. It
# makes the dataset of an undisturbed one, and computes nothing twice; also when its driver and calculations are killed.
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
ROUNDS=2
source "$SOURCE/tests/system/campaign_inputs.sh"
LAUNCH=""
sed -i 's/epochs: 60/epochs: 20/' train.yaml
expect 0 campaign run campaign.yaml; prints "2 rounds of labels were asked for"
wanted=$(hash_of campaign/dataset.kds)
mv campaign undisturbed; rm runs.log
sed -i 's/scheduler: local, poll: 0.1 s/scheduler: slurm, array: 4, pack: 2, poll: 0.2 s, grace: 2 s/' campaign.yaml
export PATH=$SOURCE/tests/support/fake_slurm:$PATH FAKE_SLURM=$PWD/slurm
mkdir slurm
echo '{"seed": 5, "lost_reply": 0.35, "unheard": 0.15, "vanish": 0.25, "empty": 0.3, "error": 0.2, "invisible": 1, "delay": 0.5, "ids": 2, "forget": 1}' >slurm/faults.json
FLAKY=1 python3 "$SOURCE/tests/system/campaign_kills.py" "$KAMACITE" --kills 4 --seed 3 >out 2>err || fail "a campaign on a Slurm that lies"
tail -n 1 out >told; cat told
# Which of them strike is a matter of chance, and of how often it is asked.
[ "$(grep -E 'lost_reply|unheard|vanish|empty' slurm/struck.log | sort -u | wc -l)" -ge 2 ] || fail "hardly a lie: this test shows nothing"
sort slurm/struck.log | uniq -c | xargs
[ "$(hash_of campaign/dataset.kds)" = "$wanted" ] || fail "lies make another dataset"
each_once campaign/dataset.kds
