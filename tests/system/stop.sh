# Training that is stopped by signals and by its time limit ends with 75 at a checkpoint, and goes on to
# the same model as training that nobody disturbed.
data=$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz
input() {
    cat <<Y
kamacite: train
data: [$data]
output: $1
split: {method: random, validation: 0.15, test: 0.1}
descriptors: {cutoff_radial: 5 angstrom, cutoff_angular: 4 angstrom, radial_centred: 4, radial_shifted: 4,
  angular_eta: 0.03 1/angstrom^2, zeta: [1, 4]}
model: {energy: {hidden: [8]}}
stages: [{optimiser: adam, epochs: 2000, batch: 8}]
Y
}
input whole >whole.yaml
input parts >parts.yaml

# In the background, until the log says that training is on; then the signal, to the launcher, which
# hands it on, or to a rank.
stopped_by() {  # <signal> <launcher or rank>
    rm -f err   # of the run before, which also says that training is on
    $LAUNCH "$KAMACITE" train parts.yaml --resume >out 2>err &
    local launcher=$! target=$! waited=0
    until grep -qs "stage 1" err; do
        sleep 0.1
        waited=$((waited + 1))
        [ $waited -lt 600 ] || fail "training does not begin"
    done
    sleep 0.2
    [ "$2" = launcher ] || target=$(pgrep -P $launcher | tail -1)
    kill -"$1" "$target"
    wait $launcher
    local code=$?
    [ $code = 75 ] || fail "$1 to the $2: exit code $code, not 75"
    [ -e parts/model-so-far.h5 ] || fail "no model at the stop"
    [ ! -e parts/model.h5 ] || fail "training that was stopped looks finished"
}
stopped_by USR1 launcher; says "stopped at a checkpoint (SIGUSR1)"
stopped_by TERM rank;     says "stopped at a checkpoint"
says "training goes on after epoch"
expect 75 train parts.yaml --resume --max-hours 0.0001; says_once "stopped at a checkpoint (the time limit): go on with --resume"
expect 0 train parts.yaml --resume
[ ! -e parts/model-so-far.h5 ] || fail "model-so-far.h5 outlives training"
expect 0 train whole.yaml
for name in whole parts; do
    cut -d, -f1-4,6- $name/learning_curve.csv >$name.csv   # without the time
    expect 0 predict $name/model.h5 "$data" -o $name.xyz
done
same whole.csv parts.csv
same whole.xyz parts.xyz
sed -i 's/hidden: \[8\]/hidden: [9]/' parts.yaml
expect 78 train parts.yaml --resume; says "other data or options"
