# Every input that is shipped parses.
count=0
for input in $(find "$SOURCE/inputs" -name '*.yaml' | sort); do
    expect 0 check "$input"
    count=$((count + 1))
done
[ $count -gt 0 ] || fail "no inputs in $SOURCE/inputs"
