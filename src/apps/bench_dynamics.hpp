#pragma once
#include <functional>

#include "arguments.hpp"
#include "command.hpp"

namespace kamacite::apps {

/// `bench dynamics`: what a step of molecular dynamics costs beside the potential.
void add_dynamics_bench(Arguments const& bench, std::function<int(Context&)>& chosen);

}  // namespace kamacite::apps
