# A campaign whose calculations begin from the moments that the model of the round predicts, and those before the first model
# from the ferromagnetic state.
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
ROUNDS=2
source "$SOURCE/tests/system/campaign_inputs.sh"
LAUNCH=""
cat >moments.py <<'P'
# Gives each atom a moment of 1.7 μ_B, with the sign that it begins with; notes what it begins with.
import os, re, sys
start = open("structure.xyz").read().splitlines()
names = re.search(r"Properties=(\S+)", start[1]).group(1).split(":")[::3]
assert "initial_magmoms" in names, start[1]
begun = [float(line.split()[-1]) for line in start[2:]]
with open(os.environ["SEEN"], "a") as seen:
    seen.write(f"{os.path.basename(os.path.dirname(os.getcwd()))} {min(begun)} {max(begun)}\n")
lines = open("labelled.xyz").read().splitlines()
lines[1] = re.sub(r"Properties=(\S+)", r"Properties=\1:magmoms:R:1", lines[1])
lines[2:] = [f"{line} {1.7 if m > 0 else -1.7}" for line, m in zip(lines[2:], begun)]
open("labelled.xyz", "w").write("\n".join(lines) + "\n")
P
export SEEN=$here/seen.log
echo "python3 $PWD/moments.py" >>label.sh
printf 'magnetism: {starts: [predicted], moments: {Fe: 3}}\n' >>label.yaml
sed -i 's/^  energy: .*/&\n  moment: {hidden: [4]}/' train.yaml
expect 0 campaign run campaign.yaml; prints "2 rounds of labels were asked for"
expect 0 info campaign/dataset.kds; prints "magnetic_starts"
python3 - <<'P' || fail "the moments that calculations begin with: $(cat "$SEEN")"
lines = [line.split() for line in open("seen.log")]
first = [l for l in lines if l[0].startswith("ferromagnetic.")]
later = [l for l in lines if l[0].startswith("predicted.")]
assert len(first) == 6 and all(float(a) == float(b) == 3 for _, a, b in first), first
assert len(later) == len(lines) - 6 >= 2, lines
assert all(1.2 < float(a) <= float(b) < 2.2 for _, a, b in later), later
P
expect 0 campaign explain campaign.yaml r001-0000; prints "predicted"
