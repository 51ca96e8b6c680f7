#pragma once
#include <hwy/targets.h>

namespace kamacite::test {

/// Lets the kernels choose among some instruction sets only, until it goes out of scope.
class OnlyTargets {
public:
    explicit OnlyTargets(int64_t targets) {
        hwy::SetSupportedTargetsForTest(targets);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
    ~OnlyTargets() {
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
    OnlyTargets(OnlyTargets const&) = delete;
    OnlyTargets& operator=(OnlyTargets const&) = delete;
};

/// Calls work() once per instruction set that this machine has, with only that one to choose.
/// \returns how many there were
template <class F>
int for_each_target(F const& work) {
    int tried = 0;
    for (int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1, ++tried) {
        OnlyTargets const only{rest & -rest};
        work();
    }
    return tried;
}

}  // namespace kamacite::test
