#include "job_script.hpp"

#include <fmt/format.h>

#include "kamacite/core/bash.hpp"

namespace kamacite::jobs {
namespace {

// What every job does. A run is claimed, done in a fresh copy of its inputs, and its end told in a
// file; whoever finds a claim that is not his leaves it alone.
constexpr char const* body = R"bash(
task=${SLURM_ARRAY_TASK_ID:-0}
restart=${SLURM_RESTART_COUNT:-0}
job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$task}
job=${job:-${SLURM_JOB_ID:-${KAMACITE_JOB:-$$}}}
node=${SLURMD_NODENAME:-$(hostname)}
me="$name $task"

# claim <attempt> <generation>: true if this job may run it. A directory that is not empty is never
# replaced by a rename, so one wins; who has won is read, as NFS may report a success as a failure.
claim() {
    local mine="$1/.claim.$2.$name.$task.$$"
    mkdir "$mine" && printf '%s\n%s\n' "$me" "$(date +%s)" >"$mine/owner" && sync "$mine/owner" ||
        { rm -rf "$mine"; return 1; }
    mv -T "$mine" "$1/claim.$2" 2>/dev/null || rm -rf "$mine"
    [[ $(head -n 1 "$1/claim.$2/owner" 2>/dev/null) == "$me" ]]
}

claimed_by_another() { [[ -e $1/claim.$2/owner && $(head -n 1 "$1/claim.$2/owner") != "$me" ]]; }

# tell <reserved file> <file> <json>: into a file that has its place on the disk already, as the disk may be full by then.
tell() {
    local try
    for try in 1 2 3 4 5 6 7 8 9 10; do
        printf '%-600s\n' "$3" 1<>"$1" && sync "$1" && mv -T "$1" "$2" && return
        sleep 3
    done
    echo "kamacite: $2 cannot be written: is the disk full?" >&2
    return 74
}

# work <attempt> <generation> <limit> <slot>: with told, interrupted and payload of its worker.
work() {
    local attempt=$1 generation=$2 limit=$3 n=$restart late=false code begin end f
    for f in "$attempt/ended.$generation."*.json; do
        [[ -e $f ]] && ! grep -q '"told":true' "$f" && return 0
    done
    # Copy and place for the end come first: what a full disk stops before the claim can be handed over anew.
    local part=$attempt/.run.$generation.$name.$task.$$.$4 reserved=$attempt/.ended.$generation.$name.$task.$$.$4
    rm -rf "$part"
    mkdir "$part" && ( cd "$attempt" && find . -mindepth 1 -maxdepth 1 ! -name 'claim.*' ! -name 'run.*' ! -name 'ended.*' \
        ! -name '.claim.*' ! -name '.run.*' ! -name '.ended.*' -exec cp -a -t "$part" {} + ) &&
        printf '%600s\n' '' >"$reserved" && sync "$reserved" && claim "$attempt" "$generation" ||
        { rm -rf "$part" "$reserved"; claimed_by_another "$attempt" "$generation"; return; }
    while [[ -e $attempt/run.$generation.$n ]]; do n=$((n + 1)); done
    local run=$attempt/run.$generation.$n
    mv -T "$part" "$run" || { rm -f "$reserved"; return 74; }
    begin=$(date +%s)
    export KAMACITE_SLOT=$4 KAMACITE_JOB_NAME=$name
    if [[ $told == false ]]; then
        # timeout makes a process group, hands TERM on, and kills what does not heed it
        (trap '' USR1; trap - TERM; cd "$run" || exit 74
         exec timeout -k 20 "$limit" bash -c 'source "$1"; source ./attempt.sh' kamacite "$jobs/setup.sh") \
            >"$run/attempt.log" 2>&1 </dev/null 3<&- &
        payload=$!
        [[ $told == false ]] || kill -TERM "$payload"
        while interrupted=0; wait "$payload"; code=$?; [[ $interrupted -eq 1 ]]; do :; done
    else
        code=143
    fi
    end=$(date +%s)
    [[ $limit -gt 0 && $((end - begin)) -ge $limit && ( $code -eq 124 || $code -eq 137 ) ]] && late=true
    tell "$reserved" "$attempt/ended.$generation.$n.json" "{\"job\":\"$job\",\"name\":\"$name\",\"task\":$task,\"generation\":$generation,\
\"restart\":$n,\"run\":\"run.$generation.$n\",\"exit_code\":$code,\"told\":$told,\"out_of_time\":$late,\
\"begin\":$begin,\"end\":$end,\"node\":\"$node\"}" || return 74
    return "$code"
}

# One of those that work side by side: it takes what nobody of them has taken yet.
worker() {
    local told=false interrupted=0 payload= worst=0 line=0 code generation limit attempt
    trap 'told=true interrupted=1; [[ -z $payload ]] || kill -TERM "$payload" 2>/dev/null' TERM
    trap 'interrupted=1; [[ -z $payload ]] || kill -USR1 -- "-$payload" 2>/dev/null' USR1
    while IFS='|' read -r generation limit attempt <&3; do
        line=$((line + 1))
        [[ $told == false ]] || break
        mkdir "$taken/$line" 2>/dev/null || continue
        work "$attempt" "$generation" "$limit" "$1"
        code=$?
        payload=
        [[ $code -eq 0 ]] || worst=$code
    done 3<"$jobs/errands.$task"
    exit "$worst"
}

taken=$(mktemp -d) || exit 74
workers=() worst=0
trap 'interrupted=1; kill -TERM "${workers[@]}" 2>/dev/null' TERM
trap 'interrupted=1; kill -USR1 "${workers[@]}" 2>/dev/null' USR1
for ((slot = 0; slot < side; ++slot)); do
    worker "$slot" &
    workers+=($!)
done
for w in "${workers[@]}"; do
    while interrupted=0; wait "$w"; code=$?; [[ $interrupted -eq 1 ]]; do :; done
    [[ $code -eq 0 ]] || worst=$code
done
rm -rf "$taken"
exit "$worst"
)bash";

}  // namespace

std::map<std::string, std::string> job_files(std::string const& name,
                                             std::filesystem::path const& directory,
                                             std::vector<std::vector<Errand>> const& tasks,
                                             int side_by_side, std::string const& header,
                                             std::string const& setup) {
    std::map<std::string, std::string> files;
    files["job.sh"] = fmt::format(
        "#!/bin/bash\n{}# Works off the attempts in {}/errands.*\nname={} jobs={} side={}\n{}",
        header, directory.string(), name, bash_quoted(directory.string()), side_by_side, body);
    files["setup.sh"] = setup + "\n";
    for (std::size_t t = 0; t < tasks.size(); ++t) {
        auto& list = files[fmt::format("errands.{}", t)];
        for (auto const& errand : tasks[t])
            list += fmt::format("{}|{:.0f}|{}\n", errand.generation, errand.limit,
                                errand.directory.string());
    }
    return files;
}

}  // namespace kamacite::jobs
