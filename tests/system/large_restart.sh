# A prediction over all ranks that is killed, or told to stop, goes on with the same line and ends with the same bits.
needs_python h5py
cat >cell.xyz <<'X'
2
Lattice="2.9 0 0 0.1 2.8 0 0 0 2.85" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.4 1.5 1.45
X
cat >compare.py <<'P'
import h5py, numpy as np, sys
# every array of two files, to the bit or within a tolerance; what tells of the run may differ
one, other, tolerance = h5py.File(sys.argv[1]), h5py.File(sys.argv[2]), float(sys.argv[3])
names = []
one.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
there = []
other.visititems(lambda name, item: there.append(name) if isinstance(item, h5py.Dataset) else None)
assert sorted(names) == sorted(there) and len(names) > 4, (names, there)
for name in names:
    a, b = one[name][...], other[name][...]
    assert a.shape == b.shape, name
    if tolerance == 0.0:
        assert a.tobytes() == b.tobytes(), name
    else:
        # a spread of energies is a difference of sums over all atoms
        size = 0.01 * abs(one["energy"][0]) if name == "energy_std" else max(1.0, np.abs(a).max())
        assert np.abs(a - b).max() <= tolerance * size, (name, np.abs(a - b).max())
for key in ("command", "input", "parents", "ranks", "format", "format_version"):
    assert key == "input" or tolerance or one.attrs[key] == other.attrs[key], key
P
copies=20,20,20 atoms=16000
line="predict cell.xyz --supercell $copies -o large.h5"
expect 0 $line; prints "$atoms atoms"; absent large.h5.checkpoint
mv large.h5 whole.h5

# Starts the line, which keeps all that is done, and ends it by a signal when there is a checkpoint, and some time more.
stopped_by() {  # <signal> <exit code> <checkpoint that is waited for> <seconds more> [arguments]
    local signal=$1 wanted=$2 file=large.h5.checkpoint/checkpoint.$3.h5 more=$4 waited=0
    shift 4
    rm -f "$file"
    $LAUNCH "$KAMACITE" $line --checkpoint-minutes 0 "$@" >out 2>err &
    local launcher=$! ranks
    until [ -e "$file" ]; do
        sleep 0.02
        waited=$((waited + 1))
        [ $waited -lt 5000 ] || fail "there is no $file"
    done
    sleep "$more"
    ranks=$(pgrep -P $launcher)
    if [ "$signal" = KILL ]; then
        kill -KILL $launcher $ranks 2>/dev/null
    else
        kill -"$signal" $launcher
    fi
    wait $launcher
    local code=$?
    [ "$wanted" = any ] || [ $code = "$wanted" ] || fail "$signal: exit code $code, not $wanted"
}
# After a kill; on a fast machine all may have been done before it.
to_the_end() {
    if [ -e large.h5 ]; then
        echo "done before it was killed"
        rm -rf large.h5.checkpoint
    else
        expect 0 $line; says "goes on at"; absent large.h5.checkpoint
    fi
}
stopped_by KILL any a 0
to_the_end
$python compare.py whole.h5 large.h5 0 || fail "killed after the first checkpoint: other bits"
rm large.h5

# again and again, at later instants, on to the end
stopped_by KILL any b 0.05
[ -e large.h5 ] || { stopped_by KILL any a 0.11; says "goes on at"; }
to_the_end
$python compare.py whole.h5 large.h5 0 || fail "killed twice: other bits"
rm large.h5

stopped_by USR1 75 a 0; says "stopped at a checkpoint"; says "(SIGUSR1)"; says "run the same line again"; absent large.h5
# what the checkpoint is not of
expect 78 predict cell.xyz --supercell 20,20,19 -o large.h5; says "made with other data or options"; absent large.h5
expect 78 $line --precision mixed; says "made with other data or options"; absent large.h5
cp -a large.h5.checkpoint kept
# averages in place of atoms go on from the same
expect 0 $line --map 3,1,2; says "goes on at"
mv large.h5 map.h5
expect 0 $line --map 3,1,2; mv large.h5 whole_map.h5
$python compare.py whole_map.h5 map.h5 0 || fail "a map that went on has other bits"
# on another number of ranks: the same up to rounding
if [ "$RANKS" != 1 ]; then
    cp -a kept large.h5.checkpoint
    LAUNCH="" expect 0 $line; says "goes on at"; absent large.h5.checkpoint
    $python compare.py whole.h5 large.h5 1e-10 || fail "on one rank it goes on to something else"
    rm large.h5
fi
# the last one is damaged: the one before it is taken
cp -a kept large.h5.checkpoint
last=$(ls -t large.h5.checkpoint/*.h5 | head -n 1)
truncate -s 1000 "$last"
if [ "$(ls large.h5.checkpoint | wc -l)" = 1 ]; then
    expect 65 $line; says "--fresh"
    expect 0 $line --fresh
else
    expect 0 $line; says "passed over"
fi
$python compare.py whole.h5 large.h5 0 || fail "after a damaged checkpoint: other bits"
absent large.h5.checkpoint
expect 75 predict cell.xyz --supercell 40,40,40 -o long.h5 --max-hours 0.0002; says "the time limit"; absent long.h5
expect 0 predict cell.xyz --supercell 1,1,1 -o long.h5 --fresh; absent long.h5.checkpoint
