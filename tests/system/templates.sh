# Every template is an input that runs as it stands, in a folder with the data of the first tutorial.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o iron.h5
for command in $(sed -n 's/^## //p' "$SOURCE/docs/reference/inputs.md"); do
    expect 0 init $command -o $command.yaml
    expect 0 check $command.yaml
    expect 0 $command $command.yaml
done
expect 0 info generated.h5;   prints "42 structures"
expect 0 info descriptors.h5
expect 0 info model/model.h5
