# Every template is an input that runs as it stands, in a folder with the data of the first tutorial; but for those that
# run DFT, which are checked: what they lack on this machine is told, and nothing is touched.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o iron.h5
for command in $(sed -n 's/^## //p' "$SOURCE/docs/reference/inputs.md"); do
    expect 0 init $command -o $command.yaml
    expect 0 check $command.yaml
    case $command in
        label)
            prints "structures, each counted once: 42"
            absent label; absent labels.kds ;;
        campaign)
            prints "train.yaml trains one model"
            sed -i 's/^#\(committee:\)/\1/' train.yaml
            expect 0 check campaign.yaml
            grep -q "trains one model" out && fail "the committee of train.yaml is not seen"
            prints "walks in each round: 84"
            absent campaign ;;
        *)
            expect 0 $command $command.yaml ;;
    esac
done
expect 0 info generated.h5;   prints "42 structures"
expect 0 info descriptors.h5
expect 0 info model/model.h5
