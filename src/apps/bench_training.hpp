#pragma once
#include <functional>

#include "arguments.hpp"
#include "command.hpp"

namespace kamacite::apps {

/// `bench train CONFIG`: what a training of this input costs on these ranks.
void add_train_bench(Arguments const& bench, std::function<int(Context&)>& chosen);

/// `bench scaling CONFIG`: a gradient of the loss on 1, 2, 4 … of these ranks, and what a model of
/// its cost says of more.
void add_scaling_bench(Arguments const& bench, std::function<int(Context&)>& chosen);

}  // namespace kamacite::apps
