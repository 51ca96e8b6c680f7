# Exit codes and messages of the shell, whatever way a command ends.
expect 0 succeed
expect 75 stop
expect 65 fail_everywhere; says_once "error: all ranks know it"; silent
expect 66 fail_together;   says_once "one rank found it"
expect 78 fail_last;       says_once "after the last call"
expect 70 fail_memory;     says_once "error: out of memory"
expect 70 fail_bug;        says_once "error: a bug"
expect 74 fail_alone;      says_once "one rank alone"
[ "$RANKS" = 1 ] || says "rank $((RANKS - 1)) of $RANKS"
