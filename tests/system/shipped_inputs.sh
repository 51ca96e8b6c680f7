# Every input that is shipped parses.
count=0
for input in $(find "$SOURCE/inputs" -name '*.yaml' | sort); do
    expect 0 check "$input"
    count=$((count + 1))
done
[ $count -gt 0 ] || fail "no inputs in $SOURCE/inputs"

# Those of a campaign are checked together, in a copy of their folder. What is missing on this machine is told; files that
# they ship with are not.
for folder in "$SOURCE"/inputs/campaign/*/; do
    cp -r "$folder" campaign_here
    cd campaign_here
    for made in *.yaml; do
        if grep -q '^kamacite: generate' "$made" && grep -q '^output:' "$made"; then expect 0 generate "$made"; fi
    done
    expect 0 check campaign.yaml
    prints "candidates in each round"
    prints "structures to be labelled, at most"
    grep -E "(yaml|start.h5) is not there|trains one model" out && fail "$folder is not complete"
    cd ..
    rm -rf campaign_here
done
